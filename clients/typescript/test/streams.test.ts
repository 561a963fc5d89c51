import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatApiError, ChatConnectionError } from "@bigtech/chat-client";
import { contents, control, eventually, newUser, patience, quickReturn, StreamLog, twoInARoom } from "./support.js";

test("a stream brings each message once while connections are cut", async () => {
  const { ann, bob, room } = await twoInARoom(quickReturn);
  const log = new StreamLog((options) => bob.streams.room(room, options));
  await log.has("ready", (ready) => !ready.data.resumed && ready.data.room_id === room);

  const sent: string[] = [];
  for (let cut = 1; cut <= 5; cut++) {
    for (let i = 0; i < 10; i++) {
      sent.push(`${cut}.${i}`);
      await ann.messages.send(room, `${cut}.${i}`);
      if (i !== 5) continue;
      await control("cut");
      await control("heal");
    }
    await log.has("interrupted", () => log.all("interrupted").length >= cut);
    await eventually(() => contents(log).length >= sent.length, "all messages");
  }

  assert.deepEqual(contents(log), sent);
  assert.ok(log.all("interrupted").every((event) => event.error instanceof ChatConnectionError));
  await log.close();
});

test("what a reader has not handled comes again in the next stream", async () => {
  const { ann, bob, room } = await twoInARoom(quickReturn);
  const page = await bob.messages.list(room);
  for (const text of ["one", "two", "three"]) await ann.messages.send(room, text);

  let lastEventId = page.last_event_id;
  const read: string[] = [];
  for (let connection = 0; connection < 3; connection++) {
    for await (const event of bob.streams.room(room, { lastEventId })) {
      if (event.type !== "message.created") continue;
      read.push(event.data.message.content);
      assert.ok(event.eventId);
      lastEventId = event.eventId;
      break;
    }
  }

  assert.deepEqual(read, ["one", "two", "three"]);
});

test("the end of a loop closes the connection", async () => {
  const { bob, room } = await twoInARoom(quickReturn);
  let opened = 0;

  // A user may have 64 open streams.
  for (; opened < 70; opened++) {
    for await (const event of bob.streams.room(room, { signal: AbortSignal.timeout(patience) })) if (event.type === "ready") break;
  }

  assert.equal(opened, 70);
});

test("a stream ends with its signal while it waits", async () => {
  const { bob, room } = await twoInARoom();
  const stop = new AbortController();
  const reason = new Error("enough");
  const read = async () => {
    for await (const event of bob.streams.room(room, { signal: stop.signal })) if (event.type === "ready") stop.abort(reason);
  };

  await assert.rejects(read, reason);
});

test("a stream ends with the removal from its room", async () => {
  const [ann, bob] = await Promise.all([newUser(), newUser()]);
  const { id: room } = await ann.rooms.createGroup("short", [bob.session.userId]);
  const log = new StreamLog((options) => bob.streams.followRoom(room, options));
  await log.has("ready");

  await ann.rooms.removeMember(room, bob.session.userId);

  await eventually(() => log.hasEnded, "the stream ends");
  await log.reading;
  const last = log.events.at(-1);
  assert.ok(last?.type === "member" && last.data.change === "left" && last.data.user_id === bob.session.userId);
  await assert.rejects(bob.streams.room(room).next(), (error) => error instanceof ChatApiError && error.status === 403);
});

test("a stream ends with its room", async () => {
  const [ann, bob] = await Promise.all([newUser(), newUser()]);
  const { id: room } = await ann.rooms.createGroup("short", [bob.session.userId]);
  const log = new StreamLog((options) => bob.streams.followRoom(room, options));
  await log.has("ready");

  await ann.rooms.delete(room);

  await eventually(() => log.hasEnded, "the stream ends");
  await log.reading;
  const last = log.events.at(-1);
  assert.ok(last?.type === "reset" && last.data.reason === "room_deleted");
});

test("a stream ends with the session", async () => {
  const { bob, room } = await twoInARoom(quickReturn);
  const log = new StreamLog((options) => bob.streams.followRoom(room, options));
  await log.has("ready");

  // By another client: one's own sign-out forgets the token.
  const session = bob.session.current;
  assert.ok(session);
  const elsewhere = await newUser();
  elsewhere.session.restore(session);
  await elsewhere.account.signOutEverywhere();

  await eventually(() => log.hasEnded, "the stream ends");
  await assert.rejects(log.reading, (error) => error instanceof ChatApiError && error.status === 401);
});

test("a silent connection is replaced", async () => {
  const { ann, bob, room } = await twoInARoom({ ...quickReturn, streamSilence: 500, streamOpenTimeout: 500 });
  const log = new StreamLog((options) => bob.streams.room(room, options));
  await log.has("ready");
  await control("hold");
  await ann.messages.send(room, "unheard");
  await log.has("interrupted", (event) => event.error instanceof ChatConnectionError && event.error.isTimeout);

  await control("heal");

  await eventually(() => contents(log).includes("unheard"), "the message after the silence");
  assert.deepEqual(contents(log), ["unheard"]);
  await log.close();
});
