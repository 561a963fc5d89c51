import assert from "node:assert/strict";
import { test } from "node:test";
import { ChatClient } from "@bigtech/chat-client";
import { keptThings, shown, stored } from "./readme-names.js";
import { address, eventually, password } from "./support.js";

test("the samples of the readme run", async () => {
  await new ChatClient(address).account.register({ email: "bob@example.com", username: "bob", password });

  const { chat, following, outbox, room, stop } = await import("./readme-samples.js");

  await eventually(() => stored.some((message) => message.content === "sent when the network is back"), "the message of the outbox");
  const [last, first] = (await chat.messages.list(room.id)).messages;
  assert.equal(last?.content, "sent when the network is back");
  assert.deepEqual([first?.content, first?.reactions[0]?.emoji], ["Hello!", "👍"]);
  assert.ok(shown.some(([what]) => what === "online"));
  await eventually(() => outbox.unsent.length === 0, "an empty outbox");
  assert.deepEqual(keptThings.at(-1), []);
  stop.abort();
  await assert.rejects(following, { name: "AbortError" });
});
