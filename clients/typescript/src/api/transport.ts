import { ChatApiError, ChatConnectionError } from "../errors.js";
import type { ProblemDetails } from "../models.js";
import type { Settings } from "../options.js";
import { Deadline } from "../time.js";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What is sent. */
export interface Outgoing {
  readonly method: Method;

  /** Below the address of the API. */
  readonly path: string;

  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** A whole answer. */
export class Answer {
  constructor(readonly status: number, private readonly headers: Headers, private readonly text: string) {}

  throwIfRefused(): this {
    if (this.status >= 200 && this.status < 300) return this;
    throw new ChatApiError(this.status, this.#problem(), retryAfterOf(this.headers));
  }

  json<T>(): T {
    try {
      return JSON.parse(this.text) as T;
    } catch (error) {
      throw new ChatConnectionError("The answer is not JSON; a proxy may have given it.", { cause: error });
    }
  }

  #problem(): ProblemDetails {
    try {
      const problem: unknown = JSON.parse(this.text);
      return typeof problem === "object" && problem !== null ? problem : {};
    } catch {
      // A proxy's own words: the status says enough.
      return {};
    }
  }
}

/** Sends requests as they are. */
export class Transport {
  readonly #base: string;
  readonly #settings: Settings;

  constructor(base: string, settings: Settings) {
    this.#base = base;
    this.#settings = settings;
  }

  /** Sends a request and waits for all of its answer. */
  async exchange(request: Outgoing): Promise<Answer> {
    const deadline = new Deadline(request.signal);
    deadline.within(this.#settings.callTimeout);
    try {
      const response = await this.open({ ...request, signal: deadline.signal });
      return new Answer(response.status, response.headers, await response.text());
    } catch (error) {
      throw deadline.reasonOf(error);
    } finally {
      deadline.end();
    }
  }

  /** Sends a request and waits for the beginning of its answer. What it throws is what `fetch` throws. */
  open(request: Outgoing): Promise<Response> {
    const headers: Record<string, string> = { Accept: "application/json", ...request.headers };
    const init: RequestInit = { method: request.method, headers, cache: "no-store" };
    if (request.signal !== undefined) init.signal = request.signal;
    if (request.body !== undefined) {
      headers["Content-Type"] = "application/json";
      init.body = JSON.stringify(request.body);
    }
    return this.#settings.fetch(this.#base + request.path, init);
  }
}

/** The pause that the server wants, in milliseconds. */
function retryAfterOf(headers: Headers): number | undefined {
  const seconds = headers.get("Retry-After");
  return seconds !== null && /^\d+$/.test(seconds) ? Number(seconds) * 1000 : undefined;
}
