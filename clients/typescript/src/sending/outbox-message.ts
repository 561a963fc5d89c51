import type { Message, NewMessage } from "../models.js";

/** A message that is not sent yet, to be kept, as JSON, where a restart of the program does not lose it. */
export interface OutboxEntry {
  readonly roomId: number;

  /** With its client id, so that a second send gives no second message. */
  readonly message: NewMessage;

  /** When the user sent it, in milliseconds since 1970. */
  readonly addedAt: number;

  /** Whether the server has refused it: it is not sent again unless it is retried. */
  readonly isRefused?: boolean;
}

/**
 * Where a message of an outbox is: it waits for those before it in its room, an attempt is under way, the server has stored it, or has
 * refused it, in which case it stays until it is retried or removed.
 */
export type OutboxState = "waiting" | "sending" | "sent" | "failed";

/** A message on its way to the server. */
export class OutboxMessage {
  /** What to keep of it to send it after a restart of the program. */
  entry: OutboxEntry;

  /**
   * Ends with the message as the server has stored it. It does not fail while `retry` may still send it; it is rejected with an
   * `AbortError` when the message is removed.
   */
  readonly sent: Promise<Message>;

  /** Where it is. */
  state: OutboxState;

  /** Why the last attempt failed, undefined if there was none since the start of the program. */
  error: unknown;

  /** @internal */
  readonly complete: (message: Message) => void;

  /** @internal */
  readonly cancel: () => void;

  /** @internal */
  constructor(entry: OutboxEntry) {
    this.entry = entry;
    this.state = entry.isRefused ? "failed" : "waiting";
    let finish: (message: Message) => void = () => {};
    let fail: (error: unknown) => void = () => {};
    this.sent = new Promise((resolve, reject) => ([finish, fail] = [resolve, reject]));
    // A program that does not wait for it does not end by its rejection.
    this.sent.catch(() => {});
    this.complete = (message) => {
      this.state = "sent";
      finish(message);
    };
    this.cancel = () => fail(new DOMException("The message was removed.", "AbortError"));
  }
}
