import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatApiError, type ChatClient, type ChatStream, type StreamEvent } from "@bigtech/chat-client";
import { address, emailOf, eventually, mailedCode, newName, newUser, password, Recorder, StreamLog } from "./support.js";

/** Second names of operations that have a call, and what is not for clients. */
const NOT_CALLED = [
  "POST /messages", "GET /messages", "PUT /messages/{id}", "GET /friends/list", "POST /friends/accept", "POST /friends/reject",
  "PUT /friends/status/{requester_user_id}", "POST /auth/login", "GET /users", "PUT /profile/me", "GET /profile", "PATCH /profile",
  "PUT /profile", "POST /auth/stream-ticket", "GET /.well-known/jwks.json", "GET /health", "GET /health/ready", "GET /health/live",
];

test("every operation of the description has a call that works", async () => {
  const requests = new Recorder();
  const [ann, bob, cid] = await Promise.all([newUser(requests), newUser(requests), newUser(requests)]);

  await callUsers(ann, bob);
  await callFriends(ann, bob, cid);
  await callRooms(ann, bob, cid);
  await callMessages(ann, bob);
  await callNotifications(bob, cid);
  await openStreams(ann, bob);
  await callAccount(ann);

  const missing = (await operations())
    .filter(({ method, path }) => !requests.seen.some((request) => request.method === method && path.test(request.path)))
    .map(({ name }) => name);
  assert.deepEqual(missing.sort(), NOT_CALLED.sort());
});

test("a refusal says what is wrong", async () => {
  const ann = await newUser();

  const unknown = await refusal(ann.users.get(Number.MAX_SAFE_INTEGER));
  assert.equal(unknown.status, 404);
  assert.equal(unknown.code, "user_not_found");
  assert.ok(unknown.traceId);
  assert.equal(unknown.isTransient, false);

  const invalid = await refusal(ann.account.register({ email: "x", username: "y", password: "z" }));
  assert.equal(invalid.status, 422);
  assert.deepEqual(Object.keys(invalid.errors).sort(), ["email", "password", "username"]);

  const email = (await ann.account.getProfile()).email ?? "";
  const taken = await refusal(ann.account.register({ email, username: newName(), password }));
  assert.equal(taken.field, "email");
});

test("a message sent twice with one client id is one message", async () => {
  const [ann, bob] = await Promise.all([newUser(), newUser()]);
  const room = await ann.rooms.openDirect(bob.session.userId);
  const message = { content: "once", client_message_id: newName() };

  const first = await ann.messages.send(room.id, message);
  const second = await ann.messages.send(room.id, message);

  assert.equal(second.id, first.id);
  assert.equal((await bob.messages.list(room.id)).messages.length, 1);
});

test("a message without a client id gets one, of the time", async () => {
  const [ann, bob] = await Promise.all([newUser(), newUser()]);
  const room = await ann.rooms.openDirect(bob.session.userId);
  const before = Date.now();

  const id = (await ann.messages.send(room.id, "named")).client_message_id ?? "";

  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const time = parseInt(id.replaceAll("-", "").slice(0, 12), 16);
  assert.ok(time >= before && time <= Date.now());
});

async function callUsers(ann: ChatClient, bob: ChatClient): Promise<void> {
  const profile = await bob.account.changeProfile({ status_message: "안녕" });
  assert.equal((await ann.users.get(profile.id)).status_message, "안녕");
  const found = await ann.users.getMany([profile.id, Number.MAX_SAFE_INTEGER]);
  assert.deepEqual(found.map((user) => user.username), [profile.username]);
  assert.equal(await ann.users.exists(Number.MAX_SAFE_INTEGER), false);
  const isFound = async () => (await ann.users.search(profile.username)).users.some((user) => user.id === profile.id);
  await eventually(isFound, "the user is found");
  assert.equal((await bob.account.changePrivacy({ findable_by_email: true })).findable_by_email, true);
  assert.equal((await bob.account.getPrivacy()).who_may_message, "everyone");
}

async function callFriends(ann: ChatClient, bob: ChatClient, cid: ChatClient): Promise<void> {
  const bobId = bob.session.userId;
  const request = await ann.friends.request(bobId, "hello");
  assert.deepEqual((await bob.friends.listPendingRequests()).requests.map((one) => one.message), ["hello"]);
  assert.deepEqual((await ann.friends.listRequests()).sent.map((one) => one.id), [request.id]);
  assert.equal((await bob.friends.accept(request.id)).status, "accepted");
  assert.deepEqual((await ann.friends.list({ limit: 1 })).friends.map((friend) => friend.user_id), [bobId]);
  assert.equal((await ann.friends.search(request.user.username)).total_count, 1);

  const rejected = await cid.friends.request(ann.session.userId);
  assert.equal((await ann.friends.reject(rejected.id)).status, "rejected");
  await cid.friends.request(bobId);
  await cid.friends.cancelRequest(bobId);

  assert.equal((await bob.presence.setInvisible(true)).invisible, true);
  await bob.presence.setInvisible(false);
  await bob.presence.sendHeartbeat();
  assert.equal((await bob.presence.getMine()).is_online, true);
  await eventually(async () => (await ann.presence.get(bobId)).is_online === true, "the friend is online");
  assert.deepEqual((await ann.presence.getMany([bobId])).statuses.map((status) => status.is_online), [true]);

  assert.equal((await ann.friends.block(cid.session.userId)).user_id, cid.session.userId);
  assert.equal((await ann.friends.listBlocked()).blocked.length, 1);
  await ann.friends.unblock(cid.session.userId);
  await ann.friends.remove(bobId);
  assert.equal((await ann.friends.list()).total_count, 0);
}

async function callRooms(ann: ChatClient, bob: ChatClient, cid: ChatClient): Promise<void> {
  assert.equal((await ann.rooms.openDirect(bob.session.userId)).room_type, "direct");
  const room = await ann.rooms.createGroup("holiday", [bob.session.userId]);
  assert.equal(room.room_type, "group");
  assert.equal((await ann.rooms.rename(room.id, "holidays")).name, "holidays");
  assert.ok((await ann.rooms.list()).rooms.some((one) => one.id === room.id));
  const roles = (await ann.rooms.changeRole(room.id, bob.session.userId, "admin")).members.map((member) => member.role);
  assert.deepEqual(roles.sort(), ["admin", "owner"]);
  const link = await ann.rooms.createInviteLink(room.id, { maxUses: 1 });
  assert.equal((await cid.rooms.join(link.code)).member_count, 3);
  const other = await ann.rooms.createInviteLink(room.id);
  assert.ok((await ann.rooms.listInviteLinks(room.id)).some((one) => one.id === other.id));
  await ann.rooms.revokeInviteLink(room.id, other.id);
  await bob.rooms.showTyping(room.id);

  await cid.rooms.leave(room.id);
  await ann.rooms.addMembers(room.id, [cid.session.userId]);
  await ann.rooms.removeMember(room.id, cid.session.userId);
  assert.equal((await ann.rooms.get(room.id)).member_count, 2);
  await ann.rooms.delete(room.id);
}

async function callMessages(ann: ChatClient, bob: ChatClient): Promise<void> {
  const room = await ann.rooms.createGroup("messages", [bob.session.userId]);
  const sent = await ann.messages.send(room.id, "hello");
  assert.deepEqual((await bob.messages.addReaction(sent.id, "👍")).reactions.map((reaction) => reaction.emoji), ["👍"]);
  assert.deepEqual((await bob.messages.removeReaction(sent.id, "👍")).reactions, []);
  assert.equal((await ann.messages.edit(sent.id, "hello all")).is_edited, true);
  await ann.messages.pin(sent.id);
  assert.deepEqual((await bob.rooms.listPins(room.id)).pins.map((pin) => pin.message.content), ["hello all"]);
  await ann.messages.unpin(sent.id);
  assert.equal(await bob.messages.countUnread(room.id), 1);
  assert.equal((await bob.messages.markRead(room.id, sent.id)).unread_count, 0);
  assert.equal((await bob.messages.markAllRead(room.id)).unread_count, 0);
  const around = await bob.messages.list(room.id, { limit: 1, around: sent.id });
  assert.deepEqual(around.messages.map((message) => message.id), [sent.id]);
  assert.equal((await ann.messages.delete(sent.id)).is_deleted, true);
}

async function callNotifications(bob: ChatClient, cid: ChatClient): Promise<void> {
  // A new one: what happens in rooms may still read or remove those of before.
  const request = await cid.friends.request(bob.session.userId);
  let id: string | undefined;
  await eventually(async () => {
    const { notifications } = await bob.notifications.list({ unread: true });
    id = notifications.find((one) => one.friendship_id === request.id)?.id;
    return id !== undefined;
  }, "the notification of the request");
  assert.equal((await bob.notifications.markRead([id ?? ""])).read_count, 1);
  await eventually(
    async () => (await bob.notifications.countUnread()) === (await bob.notifications.list()).unread_count, "the counts agree");
  await bob.notifications.markAllRead();

  const quiet = { start: "22:30", end: "07:00", time_zone: "Asia/Seoul" };
  assert.deepEqual((await bob.notifications.changePreferences({ quiet_hours: quiet })).quiet_hours, quiet);
  assert.deepEqual((await bob.notifications.changePreferences({ kinds: { system: false } })).quiet_hours, quiet);
  assert.equal((await bob.notifications.changePreferences({ quiet_hours: null })).quiet_hours, null);
  assert.equal((await bob.notifications.getPreferences()).kinds["system"], false);
}

async function openStreams(ann: ChatClient, bob: ChatClient): Promise<void> {
  const room = await ann.rooms.createGroup("streams", [bob.session.userId]);
  const { streams } = ann;
  const opened: ((options: { signal: AbortSignal }) => ChatStream<StreamEvent>)[] = [
    (options) => streams.room(room.id, options),
    (options) => streams.allRooms(options),
    (options) => streams.presence(options),
    (options) => streams.friends(options),
    (options) => streams.notifications(options),
  ];
  for (const open of opened) {
    const log = new StreamLog(open);
    await log.has("ready", (ready) => !ready.data.resumed);
    await log.close();
  }
}

async function callAccount(ann: ChatClient): Promise<void> {
  const first = emailOf((await ann.account.getProfile()).username);
  await ann.account.verifyEmail(await mailedCode(first));
  assert.equal((await ann.account.getProfile()).email_verified, true);
  await ann.account.resendVerification(first);
  const email = emailOf(newName());
  await ann.account.changeEmail(email, password);
  await ann.account.verifyEmail(await mailedCode(email));
  assert.equal((await ann.account.getProfile()).email, email);
  await ann.account.forgotPassword(email);
  await eventually(async () => {
    // Until then the last mail is another one.
    const reset = ann.account.resetPassword(await mailedCode(email), "third-horse-9");
    return reset.then(() => true, (error) => error.code !== "unknown_token" && assert.fail(error));
  }, "the code for a new password comes");
  await ann.account.signIn(email, "third-horse-9");
  await ann.account.changePassword("third-horse-9", "another-horse-8");
  await ann.account.openBrowserSession();
  await ann.account.closeBrowserSession();
  const phone = await newUser();
  phone.account.deviceToken = ann.account.deviceToken;
  await phone.account.signIn(email, "another-horse-8");
  const { sessions } = await ann.account.listSessions();
  await ann.account.endSession(sessions.find((session) => !session.current)?.id ?? 0);
  const { current } = ann.session;
  assert.ok(current);
  ann.session.restore({ ...current, expiresAt: 0 });
  await ann.account.getProfile();
  await ann.account.signOutEverywhere();
  assert.equal(ann.session.current, undefined);
  await ann.account.signIn(email, "another-horse-8");
  await ann.account.signOut();
  assert.equal((await refusal(ann.account.getProfile())).status, 401);
}

async function refusal(call: Promise<unknown>): Promise<ChatApiError> {
  const error: unknown = await call.then(() => assert.fail("It was not refused."), (reason: unknown) => reason);
  assert.ok(error instanceof ChatApiError, String(error));
  return error;
}

async function operations(): Promise<{ name: string; method: string; path: RegExp }[]> {
  const description = (await (await fetch(new URL("openapi.json", address))).json()) as { paths: Record<string, Record<string, unknown>> };
  return Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => ["get", "post", "put", "patch", "delete"].includes(method))
      .map((method) => ({ name: `${method.toUpperCase()} ${path}`, method: method.toUpperCase(), path: template(path) })),
  );
}

/** Ids begin with a digit, so that the name of another path is none. */
function template(path: string): RegExp {
  const segments = path.split("/").map((segment) => {
    if (segment === "{code}") return "[^/]+";
    return segment.startsWith("{") ? "\\d[^/]*" : segment.replace(".", "\\.");
  });
  return new RegExp(`^${segments.join("/")}$`);
}
