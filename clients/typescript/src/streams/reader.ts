import type { ApiConnection } from "../api/connection.js";
import { ChatApiError, isTemporary } from "../errors.js";
import type { Settings } from "../options.js";
import { delay, pauseBefore } from "../time.js";
import { StreamConnection } from "./connection.js";
import type { StreamEvent, StreamInterrupted } from "./events.js";

/**
 * The pause after the first end of a connection is random up to this, so that the clients of a server do not come back all at once.
 */
const FIRST_PAUSE = 3_000;

/** Reads a stream over any number of connections, each of which goes on after the last applied event. */
export class StreamReader {
  readonly #api: ApiConnection;
  readonly #settings: Settings;

  constructor(api: ApiConnection, settings: Settings) {
    this.#api = api;
    this.#settings = settings;
  }

  /** @param isLast Whether nothing comes after an event: coming back would be refused. */
  async *read(
    path: string,
    lastEventId: string | undefined,
    isLast: (event: StreamEvent) => boolean,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<StreamEvent, void, undefined> {
    for (let attempt = 1; ; attempt++) {
      const connection = new StreamConnection(this.#api, this.#settings, signal);
      let interruption: StreamInterrupted;
      try {
        await connection.open(path, lastEventId);
        for (let event = await connection.next(); event !== undefined; event = await connection.next()) {
          attempt = 1;
          if (event.type !== "reset" || event.data.reason !== "slow_consumer") yield event;
          // The reader has applied it when they ask for the next one.
          lastEventId = event.eventId || lastEventId;
          if (isLast(event)) return;
        }
        if (connection.isOver) return;
        interruption = { type: "interrupted", error: connection.failure, retryAfter: this.#pause(attempt, connection.pause) };
      } finally {
        connection.close();
      }
      yield interruption;
      await delay(interruption.retryAfter, signal);
    }
  }

  /** What fails for a moment is tried again, with the pauses of a stream. */
  async persist<T>(call: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await call();
      } catch (error) {
        if (signal?.aborted || !isTemporary(error)) throw error;
        await delay(this.#pause(attempt, error instanceof ChatApiError ? error.retryAfter : undefined), signal);
      }
    }
  }

  #pause(attempt: number, wanted: number | undefined): number {
    return pauseBefore(attempt, FIRST_PAUSE, this.#settings.maxReconnectDelay, wanted);
  }
}
