import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { ChatApiError, ChatClient, ChatConnectionError, type ChatClientOptions, type RoomStreamEvent } from "@bigtech/chat-client";

// What a real server says only in rare moments: its answers are given here, one for each request.

test("a stream that is answered with 204 ends", async () => {
  const { client } = clientFor(new Response(null, { status: 204 }));

  assert.deepEqual(await take(client, 10), []);
});

test("an event that is cut in two anywhere is one event", async () => {
  const whole = new TextEncoder().encode(event("message.created", "1", '{"message":{"content":"안녕 👋"}}'));
  for (let cut = 1; cut < whole.length; cut++) {
    const { client } = clientFor(stream(whole.slice(0, cut), whole.slice(cut)));

    const [message] = await take(client, 1);

    assert.ok(message?.type === "message.created" && message.data.message.content === "안녕 👋", `cut at ${cut}`);
  }
});

test("the pause that a stream names is kept", async () => {
  const { client } = clientFor(stream("retry: 7000\n\n", event("ready", "1", "{}")));

  const [, interrupted] = await take(client, 2);

  assert.ok(interrupted?.type === "interrupted" && interrupted.error === undefined);
  assert.ok(interrupted.retryAfter >= 7000 && interrupted.retryAfter <= 7050, String(interrupted.retryAfter));
});

test("the pause of a refusal is kept", async () => {
  const { client } = clientFor(problem(429, "too_many_streams", { "Retry-After": "9" }));

  const [interrupted] = await take(client, 1);

  assert.ok(interrupted?.type === "interrupted" && interrupted.error instanceof ChatApiError);
  assert.equal(interrupted.error.code, "too_many_streams");
  assert.equal(interrupted.error.retryAfter, 9000);
  assert.ok(interrupted.retryAfter >= 9000 && interrupted.retryAfter <= 9050, String(interrupted.retryAfter));
});

test("a refusal that stays is thrown", async () => {
  const { client } = clientFor(problem(403, "not_a_member"));

  await assert.rejects(take(client, 1), (error) => error instanceof ChatApiError && error.code === "not_a_member");
});

test("what the server dropped for a slow reader is fetched after its last event", async () => {
  const { client, asked } = clientFor(
    stream(event("ready", "5", "{}"), event("reset", "6", '{"reason":"slow_consumer"}')),
    stream(event("ready", "6", '{"resumed":true}')),
  );

  const events = await take(client, 3);

  assert.deepEqual(events.map(({ type }) => type), ["ready", "interrupted", "ready"]);
  assert.deepEqual(asked, [undefined, "6"]);
});

test("a lost connection goes on after the last event that had an id", async () => {
  const { client, asked } = clientFor(
    stream(event("ready", "5", "{}"), event("typing", "", "{}")), stream(event("ready", "5", "{}")),
  );

  await take(client, 4);

  assert.deepEqual(asked, [undefined, "5"]);
});

test("events of a later server are unknown and end nothing", async () => {
  const { client } = clientFor(
    stream(event("confetti", "1", "{}"), event("read", "2", "no JSON"), event("constructor", "3", "{}"), event("room", "4", "[]")),
  );

  const events = await take(client, 4);

  assert.deepEqual(events, [
    { type: "unknown", eventId: "1", name: "confetti", data: "{}" },
    { type: "unknown", eventId: "2", name: "read", data: "no JSON" },
    { type: "unknown", eventId: "3", name: "constructor", data: "{}" },
    { type: "unknown", eventId: "4", name: "room", data: "[]" },
  ]);
});

test("a page of a proxy is no stream and no answer", async () => {
  const page = () => new Response("<html>Please pay.</html>", { headers: { "Content-Type": "text/html" } });
  const { client } = clientFor(page(), page());

  const [interrupted] = await take(client, 1);

  assert.ok(interrupted?.type === "interrupted" && interrupted.error instanceof ChatConnectionError);
  await assert.rejects(client.rooms.list(), ChatConnectionError);
});

test("the words of a proxy that refuses are not those of the server", async () => {
  const { client } = clientFor(new Response("<html>Too large.</html>", { status: 413 }));

  await assert.rejects(client.rooms.list(), (error) => error instanceof ChatApiError && error.status === 413 && error.code === "");
});

test("a listener that fails ends no call, and its error is the program's", () => {
  const program = `
    import { ChatClient } from "@bigtech/chat-client";
    process.on("uncaughtException", (error) => console.log(error.message));
    const tokens = { access_token: "a", refresh_token: "r", expires_in: 900, user_id: 7 };
    const client = new ChatClient("http://chat.example/api/", { fetch: async () => Response.json(tokens) });
    client.session.onRenewed(() => { throw new Error("mine"); });
    console.log((await client.account.signIn("ann@example.com", "correct-horse-9")).userId);`;

  const run = spawnSync(process.execPath, ["--input-type=module", "-e", program], { cwd: new URL(".", import.meta.url), encoding: "utf8" });

  assert.deepEqual(run.stdout.trim().split("\n").sort(), ["7", "mine"], run.stderr);
});

/** A client that gets these answers, and what it has asked to go on after. */
function clientFor(...answers: Response[]): { client: ChatClient; asked: (string | undefined)[] } {
  const asked: (string | undefined)[] = [];
  const options: ChatClientOptions = {
    maxReconnectDelay: 50,
    fetch: (_, { headers }) => {
      asked.push((headers as Record<string, string>)["Last-Event-ID"]);
      const answer = answers.shift();
      return answer === undefined ? Promise.reject(new TypeError("No answer is left.")) : Promise.resolve(answer);
    },
  };
  return { client: new ChatClient("http://chat.example/api/", options), asked };
}

/** The first events of a stream, or all of one that ends. */
async function take(client: ChatClient, count: number): Promise<RoomStreamEvent[]> {
  const events: RoomStreamEvent[] = [];
  for await (const next of client.streams.room(1)) {
    events.push(next);
    if (events.length === count) break;
  }
  return events;
}

function event(name: string, id: string, data: string): string {
  return `id: ${id}\nevent: ${name}\ndata: ${data}\n\n`;
}

function stream(...parts: (string | Uint8Array)[]): Response {
  const bytes = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of parts) controller.enqueue(typeof part === "string" ? new TextEncoder().encode(part) : part);
      controller.close();
    },
  });
  return new Response(bytes, { headers: { "Content-Type": "text/event-stream" } });
}

function problem(status: number, code: string, headers: Record<string, string> = {}): Response {
  return Response.json({ code, detail: "No." }, { status, headers: { "Content-Type": "application/problem+json", ...headers } });
}
