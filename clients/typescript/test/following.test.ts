import assert from "node:assert/strict";
import { test } from "node:test";
import { contents, control, eventually, newUser, quickReturn, Recorder, StreamLog, twoInARoom } from "./support.js";

test("a followed room brings each message once while connections are cut", async () => {
  const { ann, bob, room } = await twoInARoom(quickReturn);
  await ann.messages.send(room, "before");
  const log = new StreamLog((options) => bob.streams.followRoom(room, options));
  await log.has("snapshot.room", ({ page, room: { id } }) => id === room && page.messages.some(({ content }) => content === "before"));
  await log.has("ready", (ready) => ready.data.resumed);

  for (let cut = 1; cut <= 3; cut++) {
    await control("cut");
    await ann.messages.send(room, `${cut}`);
    await control("heal");
    await eventually(() => contents(log).length >= cut, "the message");
  }

  assert.deepEqual(contents(log), ["1", "2", "3"]);
  assert.equal(log.all("snapshot.room").length, 1);
  await log.close();
});

test("lost events are replaced by a snapshot", async () => {
  const requests = new Recorder();
  const { ann, bob, room } = await twoInARoom({ ...quickReturn, fetch: requests.fetch });
  const log = new StreamLog((options) => bob.streams.followRoom(room, options));
  await log.has("ready");
  requests.prepare = loseTheirPlace;
  await ann.messages.send(room, "missed");

  await control("cut");
  await control("heal");

  await log.has("snapshot.room", ({ page }) => page.messages.some(({ content }) => content === "missed"));
  await ann.messages.send(room, "after");
  await eventually(() => contents(log).includes("after"), "the next message");
  // The snapshot is what the reader gets.
  assert.deepEqual(log.all("reset"), []);
  await log.close();
});

test("all rooms are followed, also those that are new", async () => {
  const { ann, bob, room } = await twoInARoom(quickReturn);
  const log = new StreamLog((options) => bob.streams.followAllRooms(options));
  await log.has("snapshot.rooms", ({ rooms }) => rooms.some(({ id }) => id === room));

  const group = await ann.rooms.createGroup("new", [bob.session.userId]);
  await log.has("room", ({ data }) => data.room_id === group.id && data.room.name === "new");
  await ann.messages.send(group.id, "in the group");
  await ann.messages.send(room, "to bob");

  const ofUsers = () => contents(log).filter((content) => ["in the group", "to bob"].includes(content));
  await eventually(() => ofUsers().length === 2, "both messages");
  assert.deepEqual(ofUsers().sort(), ["in the group", "to bob"]);
  await log.close();
});

test("what was lost of all rooms is replaced by their snapshot", async () => {
  const requests = new Recorder();
  const { ann, bob, room } = await twoInARoom({ ...quickReturn, fetch: requests.fetch });
  const log = new StreamLog((options) => bob.streams.followAllRooms(options));
  await log.has("snapshot.rooms");
  const { version } = await ann.messages.send(room, "missed");
  await eventually(() => contents(log).includes("missed"), "the message");
  requests.prepare = loseTheirPlace;

  await control("cut");
  await control("heal");

  await log.has("snapshot.rooms", ({ rooms }) => log.all("snapshot.rooms").length === 2 && rooms[0]?.version === version);
  await ann.messages.send(room, "after");
  await eventually(() => contents(log).includes("after"), "the next message");
  assert.deepEqual(contents(log), ["missed", "after"]);
  await log.close();
});

test("notifications, friends and their presence are followed", async () => {
  const [ann, bob] = await Promise.all([newUser(), newUser(quickReturn)]);
  const notifications = new StreamLog((options) => bob.streams.followNotifications(options));
  const friends = new StreamLog((options) => bob.streams.followFriends(options));
  const presence = new StreamLog((options) => bob.streams.followPresence(options));
  await Promise.all([notifications.has("ready"), friends.has("ready"), presence.has("ready")]);
  const first = [notifications, friends, presence].map((log) => log.events[0]?.type);
  assert.deepEqual(first, ["snapshot.notifications", "snapshot.friends", "snapshot.presence"]);

  const request = await ann.friends.request(bob.session.userId);
  await friends.has("request.created", ({ data }) => data.friendship.user.user_id === ann.session.userId);
  await notifications.has("notification.created", ({ data }) => data.unread_count === 1 && data.notification.kind === "friend_request");
  await bob.friends.accept(request.id);
  await friends.has("friend.added", ({ data }) => data.friendship.id === request.id);
  await ann.presence.sendHeartbeat();
  await presence.has("presence", ({ data }) => data.user_id === ann.session.userId && data.is_online === true);
  await bob.friends.remove(ann.session.userId);
  await friends.has("friend.removed", ({ data }) => data.friendship_id === request.id);

  await Promise.all([notifications.close(), friends.close(), presence.close()]);
});

test("what was lost of friends and notifications is replaced by snapshots", async () => {
  const requests = new Recorder();
  const [ann, bob] = await Promise.all([newUser(), newUser({ ...quickReturn, fetch: requests.fetch })]);
  const notifications = new StreamLog((options) => bob.streams.followNotifications(options));
  const friends = new StreamLog((options) => bob.streams.followFriends(options));
  await Promise.all([notifications.has("ready"), friends.has("ready")]);
  requests.prepare = loseTheirPlace;
  await ann.friends.request(bob.session.userId);
  await eventually(async () => (await bob.notifications.countUnread()) === 1, "the notification is stored");

  await control("cut");
  await control("heal");

  await friends.has("snapshot.friends", ({ received }) => received.some(({ user }) => user.user_id === ann.session.userId));
  await notifications.has("snapshot.notifications", ({ page }) => page.notifications.length === 1);
  assert.deepEqual([...friends.all("reset"), ...notifications.all("reset")], []);
  await Promise.all([notifications.close(), friends.close()]);
});

test("a snapshot that cannot be taken now is taken later", async () => {
  const { bob, room } = await twoInARoom(quickReturn);
  await control("cut");
  const log = new StreamLog((options) => bob.streams.followRoom(room, options));

  await control("heal");

  await log.has("snapshot.room");
  await log.has("ready");
  await log.close();
});

/** As if the server could not send any more what came after the last event. */
function loseTheirPlace(init: RequestInit): void {
  const headers = init.headers as Record<string, string>;
  if (headers["Last-Event-ID"]) headers["Last-Event-ID"] = "unknown";
}
