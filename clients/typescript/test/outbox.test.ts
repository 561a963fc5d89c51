import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatApiError, MessageOutbox, type ChatClient, type OutboxEntry, type OutboxMessage } from "@bigtech/chat-client";
import { contents, control, eventually, newUser, quickReturn, StreamLog } from "./support.js";

test("messages arrive once and in order through kills of the server", async () => {
  const { ann, bob, room } = await aRoom();
  const outbox = new MessageOutbox(ann);
  const log = new StreamLog((options) => bob.streams.followRoom(room, options));
  await log.has("ready");

  const messages: OutboxMessage[] = [];
  for (let kill = 1; kill <= 3; kill++) {
    for (let i = 0; i < 50; i++) messages.push(outbox.add(room, `${kill}.${i}`));
    const some = messages[messages.length - 40];
    await eventually(() => some?.state === "sent", "some are sent");
    const restarted = control("restart");
    for (let i = 50; i < 60; i++) messages.push(outbox.add(room, `${kill}.${i}`));
    await restarted;
    outbox.retryNow();
  }
  const sent = await Promise.all(messages.map((message) => message.sent));

  const expected = messages.map((message) => message.entry.message.content);
  assert.deepEqual(sent.map((message) => message.seq), expected.map((_, index) => index + 1));
  assert.deepEqual(outbox.messages, []);
  await eventually(() => contents(log).length >= expected.length, "the stream has them all");
  assert.deepEqual(contents(log), expected);
  await Promise.all([log.close(), outbox.close()]);
});

test("a message that waits for its next attempt can be removed", async () => {
  const { ann, bob, room } = await aRoom();
  await control("cut");
  const outbox = new MessageOutbox(ann);
  const first = outbox.add(room, "removed");
  const second = outbox.add(room, "sent");
  await eventually(() => first.error !== undefined && first.state === "waiting", "an attempt has failed");

  assert.ok(outbox.remove(first));
  await control("heal");
  outbox.retryNow();
  await second.sent;

  assert.deepEqual((await bob.messages.list(room)).messages.map((message) => message.content), ["sent"]);
  await outbox.close();
});

test("what was not sent is sent after a restart of the program", async () => {
  const { ann, bob, room } = await aRoom();
  await control("cut");
  const first = new MessageOutbox(ann);
  const message = first.add(room, "kept");
  first.add(room, "kept as well");
  await eventually(() => message.error !== undefined, "an attempt has failed");
  await first.close();
  const kept = JSON.stringify(first.unsent);
  assert.throws(() => first.add(room, "too late"), /closed/);
  await control("heal");

  const second = new MessageOutbox(ann, JSON.parse(kept) as OutboxEntry[]);
  await Promise.all(second.messages.map((one) => one.sent));

  const stored = (await bob.messages.list(room)).messages.map((one) => one.content);
  assert.deepEqual(stored, ["kept as well", "kept"]);
  await second.close();
});

test("a refused message waits for the user and holds up no other", async () => {
  const { ann, room } = await aRoom();
  const outbox = new MessageOutbox(ann);

  const empty = outbox.add(room, "");
  const elsewhere = outbox.add(Number.MAX_SAFE_INTEGER, "to nowhere");
  await outbox.add(room, "fine").sent;

  await eventually(() => elsewhere.state === "failed", "the room is unknown");
  assert.equal(empty.state, "failed");
  assert.ok(empty.error instanceof ChatApiError);
  assert.deepEqual(Object.keys(empty.error.errors), ["content"]);
  assert.deepEqual(outbox.unsent.map((entry) => entry.message.content), ["", "to nowhere"]);
  const restarted = new MessageOutbox(ann, JSON.parse(JSON.stringify(outbox.unsent)) as OutboxEntry[]);
  assert.deepEqual(restarted.messages.map((message) => message.state), ["failed", "failed"], "nothing is sent again unasked");
  await restarted.close();
  outbox.retry(empty);
  await eventually(() => empty.state === "failed", "it is refused again");
  assert.ok(outbox.remove(empty));
  assert.ok(outbox.remove(elsewhere));
  assert.deepEqual(outbox.unsent, []);
  await assert.rejects(empty.sent, { name: "AbortError" });
  await outbox.close();
});

test("each state of a message is told", async () => {
  const { ann, room } = await aRoom();
  const outbox = new MessageOutbox(ann);
  const states: string[] = [];
  const stop = outbox.onChanged((message) => states.push(message.state));

  await outbox.add(room, "told").sent;
  await eventually(() => states.length === 3, "the last state");
  stop();
  await outbox.add(room, "not told").sent;

  assert.deepEqual(states, ["waiting", "sending", "sent"]);
  await outbox.close();
});

async function aRoom(): Promise<{ ann: ChatClient; bob: ChatClient; room: number }> {
  const [ann, bob] = await Promise.all([newUser(quickReturn), newUser(quickReturn)]);
  return { ann, bob, room: (await ann.rooms.openDirect(bob.session.userId)).id };
}
