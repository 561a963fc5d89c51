import { named, type MessagesApi } from "../api/messages.js";
import { ChatApiError, isTemporary } from "../errors.js";
import { Listeners } from "../listeners.js";
import type { NewMessage } from "../models.js";
import { delay, pauseBefore } from "../time.js";
import { OutboxMessage, type OutboxEntry } from "./outbox-message.js";

const FIRST_PAUSE = 1_000;
const MAX_PAUSE = 30_000;

/**
 * Sends messages through outages: those of a room in their order, each once, until the server has stored or refused it. What is not sent
 * yet is in `unsent`; keep it at each change to go on after a restart of the program.
 */
export class MessageOutbox {
  readonly #sending: MessagesApi;
  readonly #messages: OutboxMessage[] = [];
  readonly #senders = new Map<number, Promise<void>>();
  readonly #changed = new Listeners<[OutboxMessage]>();
  readonly #stop = new AbortController();
  #wake = new AbortController();

  /** An outbox that begins with what was `unsent`. */
  constructor(client: { readonly messages: MessagesApi }, unsent: Iterable<OutboxEntry> = []) {
    this.#sending = client.messages;
    for (const entry of unsent) this.#add(entry);
  }

  /** All messages that the server has not stored, in the order in which they were added. */
  get messages(): readonly OutboxMessage[] {
    return [...this.#messages];
  }

  /** The same, to be kept. */
  get unsent(): readonly OutboxEntry[] {
    return this.#messages.map((message) => message.entry);
  }

  /** A message was added, has another state, or was removed. What is returned takes the listener away. */
  onChanged(listener: (message: OutboxMessage) => void): () => void {
    return this.#changed.add(listener);
  }

  /** Adds a message; it gets a client id if it has none. */
  add(roomId: number, message: string | NewMessage): OutboxMessage {
    return this.#add({ roomId, message: named(message), addedAt: Date.now() });
  }

  /** Tries at once what waits for its next attempt, such as when the network is back. */
  retryNow(): void {
    const wake = this.#wake;
    this.#wake = new AbortController();
    wake.abort();
  }

  /** Sends a message again that was refused, after those that wait already. */
  retry(message: OutboxMessage): void {
    if (message.state !== "failed" || !this.#take(message)) return;
    message.state = "waiting";
    message.entry = { ...message.entry, isRefused: false };
    this.#messages.push(message);
    this.#changed.tell(message);
    this.#startSender(message.entry.roomId);
  }

  /** Takes a message out. The answer is false if it is being sent, or was. */
  remove(message: OutboxMessage): boolean {
    if ((message.state !== "waiting" && message.state !== "failed") || !this.#take(message)) return false;
    message.cancel();
    this.#changed.tell(message);
    return true;
  }

  /** Stops sending. What is `unsent` stays so. */
  async close(): Promise<void> {
    this.#stop.abort();
    this.#wake.abort();
    await Promise.all(this.#senders.values());
  }

  #add(entry: OutboxEntry): OutboxMessage {
    if (this.#stop.signal.aborted) throw new Error("The outbox is closed.");
    const message = new OutboxMessage(entry);
    this.#messages.push(message);
    this.#changed.tell(message);
    this.#startSender(entry.roomId);
    return message;
  }

  #take(message: OutboxMessage): boolean {
    const place = this.#messages.indexOf(message);
    if (place >= 0) this.#messages.splice(place, 1);
    return place >= 0;
  }

  #startSender(roomId: number): void {
    if (!this.#senders.has(roomId)) this.#senders.set(roomId, this.#sendAll(roomId));
  }

  /** Sends the messages of a room until none waits. */
  async #sendAll(roomId: number): Promise<void> {
    // What adds a message sees it wait.
    await Promise.resolve();
    for (let next = this.#next(roomId); next !== undefined; next = this.#next(roomId)) await this.#send(next);
    this.#senders.delete(roomId);
  }

  #next(roomId: number): OutboxMessage | undefined {
    if (this.#stop.signal.aborted) return undefined;
    return this.#messages.find((message) => message.entry.roomId === roomId && message.state === "waiting");
  }

  /** Sends one message, for as long as it takes, or until it is removed or the outbox is closed. */
  async #send(message: OutboxMessage): Promise<void> {
    const { signal } = this.#stop;
    for (let attempt = 1; !signal.aborted && this.#messages.includes(message); attempt++) {
      message.state = "sending";
      this.#changed.tell(message);
      try {
        const stored = await this.#sending.send(message.entry.roomId, message.entry.message, { signal });
        this.#take(message);
        message.complete(stored);
        this.#changed.tell(message);
        return;
      } catch (error) {
        if (signal.aborted) break;
        message.error = error;
        if (!isTemporary(error)) {
          message.state = "failed";
          message.entry = { ...message.entry, isRefused: true };
          this.#changed.tell(message);
          return;
        }
        message.state = "waiting";
        this.#changed.tell(message);
        const wanted = error instanceof ChatApiError ? error.retryAfter : undefined;
        // Ended early by a wake or the end: both are what it waits for as well.
        await delay(pauseBefore(attempt, FIRST_PAUSE, MAX_PAUSE, wanted), this.#wake.signal).catch(() => {});
      }
    }
    // If it was sent it may have arrived: with the same client id it gives no second message.
    message.state = "waiting";
  }
}
