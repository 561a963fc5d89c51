import { createParser } from "eventsource-parser";
import type { ApiConnection } from "../api/connection.js";
import { Answer } from "../api/transport.js";
import { ChatApiError, ChatConnectionError, isTemporary } from "../errors.js";
import type { Settings } from "../options.js";
import { Deadline } from "../time.js";
import { eventFrom, type StreamEvent } from "./events.js";

/** One connection of a stream, until it ends. */
export class StreamConnection {
  readonly #api: ApiConnection;
  readonly #settings: Settings;
  readonly #deadline: Deadline;
  readonly #events: StreamEvent[] = [];
  readonly #text = new TextDecoder();
  readonly #parser = createParser({
    onEvent: ({ id, event, data }) => this.#events.push(eventFrom(event ?? "message", id, data)),
    onRetry: (pause) => (this.#retry = pause),
  });
  #bytes: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #retry: number | undefined;

  /** The server has said that coming back is pointless. */
  isOver = false;

  /** Why the connection has ended; undefined if the server ended it in good order. */
  failure: ChatApiError | ChatConnectionError | undefined;

  constructor(api: ApiConnection, settings: Settings, signal: AbortSignal | undefined) {
    this.#api = api;
    this.#settings = settings;
    this.#deadline = new Deadline(signal);
  }

  /** The pause that the server wants before the next connection, in milliseconds. */
  get pause(): number | undefined {
    return (this.failure instanceof ChatApiError ? this.failure.retryAfter : undefined) ?? this.#retry;
  }

  /** Opens the stream. That it could not be opened now is a {@link failure}; that it is refused, and will be, is thrown. */
  async open(path: string, lastEventId: string | undefined): Promise<void> {
    this.#deadline.within(this.#settings.streamOpenTimeout);
    await this.#try(async () => {
      const headers = { Accept: "text/event-stream", ...(lastEventId ? { "Last-Event-ID": lastEventId } : {}) };
      const response = await this.#api.open({ method: "GET", path, headers, signal: this.#deadline.signal });
      if (response.status === 204) this.isOver = true;
      else this.#bytes = await streamOf(response);
    });
  }

  /** The next event; undefined at the end of the connection. */
  async next(): Promise<StreamEvent | undefined> {
    await this.#try(async () => {
      while (this.#events.length === 0 && this.#bytes !== undefined) {
        this.#deadline.within(this.#settings.streamSilence);
        const { done, value } = await this.#bytes.read();
        // How long the reader of the events takes is not the server's silence.
        this.#deadline.pause();
        if (done) return;
        this.#parser.feed(this.#text.decode(value, { stream: true }));
      }
    });
    return this.#events.shift();
  }

  close(): void {
    this.#deadline.end();
    this.#bytes?.cancel().catch(() => {});
  }

  async #try(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // The words of a refusal were read, or were not: it is one.
      const reason = error instanceof ChatApiError ? error : this.#deadline.reasonOf(error);
      if (!isTemporary(reason)) throw reason;
      this.failure = reason as ChatApiError | ChatConnectionError;
      this.#bytes = undefined;
    }
  }
}

async function streamOf(response: Response): Promise<ReadableStreamDefaultReader<Uint8Array>> {
  if (!response.ok) new Answer(response.status, response.headers, await response.text()).throwIfRefused();
  const type = response.headers.get("Content-Type") ?? "";
  if (response.body === null || !type.startsWith("text/event-stream")) {
    throw new ChatConnectionError(`The answer is no stream of events: ${type}`);
  }
  return response.body.getReader();
}
