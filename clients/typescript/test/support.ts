import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { ChatClient, type ChatClientOptions, type ChatStream, type Fetch, type RoomStreamEvent } from "@bigtech/chat-client";

const { CHAT_SERVER, CHAT_DIRECT, CHAT_CONTROL, CHAT_PATIENCE } = process.env;
if (!CHAT_SERVER || !CHAT_DIRECT || !CHAT_CONTROL) {
  throw new Error("The tests of tests/Deployment/TypeScript start the server that these need.");
}

/** The way to the server that {@link control} breaks. */
export const address: string = CHAT_SERVER;

/** A way to the server that is never cut; after a restart it leads nowhere. */
const direct: string = CHAT_DIRECT;

export const password = "correct-horse-9";

/** How long a wait may take before it fails: a limit against hanging, never an expectation. */
export const patience = Number(CHAT_PATIENCE ?? 30_000);

/** Comes back at once after an interruption. */
export const quickReturn: ChatClientOptions = { maxReconnectDelay: 50 };

/** Breaks the way to the server, or ends that: see ControlledServer.cs. */
export async function control(command: "cut" | "hold" | "heal" | "restart"): Promise<void> {
  const answer = await fetch(`${CHAT_CONTROL}/${command}`, { method: "POST" });
  assert.ok(answer.ok, `${command}: ${answer.status} ${await answer.text()}`);
}

/** The code in the last mail to an address. */
export async function mailedCode(email: string): Promise<string> {
  let code = "";
  await eventually(async () => {
    const answer = await fetch(`${CHAT_CONTROL}/code?email=${encodeURIComponent(email)}`);
    code = await answer.text();
    return answer.ok && code !== "";
  }, `a mail to ${email}`);
  return code;
}

/** A new user's name, which no other test has. */
export function newName(): string {
  return `u${randomBytes(8).toString("hex")}`;
}

export function emailOf(name: string): string {
  return `${name}@example.org`;
}

/** A client of a new user, who is signed in. */
export async function newUser(options?: ChatClientOptions, server = address): Promise<ChatClient> {
  const client = new ChatClient(server, options);
  const name = newName();
  await client.account.register({ email: emailOf(name), username: name, password });
  await client.account.signIn(emailOf(name), password);
  return client;
}

/** Two users and the room that they share. What cuts the way of the one does not cut that of the other, ann. */
export async function twoInARoom(options?: ChatClientOptions): Promise<{ ann: ChatClient; bob: ChatClient; room: number }> {
  const [ann, bob] = await Promise.all([newUser({}, direct), newUser(options)]);
  return { ann, bob, room: (await ann.rooms.openDirect(bob.session.userId)).id };
}

/** Waits until a condition holds. */
export async function eventually(holds: () => boolean | Promise<boolean>, what: string): Promise<void> {
  for (const end = Date.now() + patience; ; ) {
    if (await holds()) return;
    assert.ok(Date.now() < end, `It never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A fetch that notes each request, and may change it. */
export class Recorder {
  readonly seen: { readonly method: string; readonly path: string }[] = [];

  prepare: (init: RequestInit) => void = () => {};

  readonly fetch: Fetch = (url, init) => {
    this.seen.push({ method: init.method ?? "GET", path: `/${url.slice(address.length).replace(/\?.*/, "")}` });
    this.prepare(init);
    return fetch(url, init);
  };

  count(method: string, path: string): number {
    return this.seen.filter((request) => request.method === method && request.path === path).length;
  }
}

/** What a stream has brought so far; it is read in the background. */
export class StreamLog<E extends { readonly type: string }> {
  readonly events: E[] = [];

  /** Ends with the stream. */
  readonly reading: Promise<void>;

  hasEnded = false;

  readonly #stop = new AbortController();

  constructor(open: (options: { signal: AbortSignal }) => ChatStream<E>) {
    this.reading = this.#read(open({ signal: this.#stop.signal }));
    this.reading.catch(() => {}).finally(() => (this.hasEnded = true));
  }

  all<T extends E["type"]>(type: T): Extract<E, { readonly type: T }>[] {
    return this.events.filter((event): event is Extract<E, { readonly type: T }> => event.type === type);
  }

  /** Waits for an event. */
  async has<T extends E["type"]>(type: T, what: (event: Extract<E, { readonly type: T }>) => boolean = () => true): Promise<void> {
    await eventually(() => this.all(type).some(what), `${type} among ${JSON.stringify(this.events.map((event) => event.type))}`);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.reading.catch(() => {});
  }

  async #read(stream: ChatStream<E>): Promise<void> {
    for await (const event of stream) this.events.push(event);
  }
}

/** The texts of the messages that a stream has brought as events. */
export function contents(log: StreamLog<RoomStreamEvent | { readonly type: "snapshot.room" | "snapshot.rooms" }>): string[] {
  return log.events.flatMap((event) => (event.type === "message.created" ? [event.data.message.content] : []));
}
