/** What every call may be given. */
export interface CallOptions {
  /** Ends the wait: the call throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What lists by pages may be given. */
export interface PageOptions extends CallOptions {
  /** 1 to 100. */
  readonly limit?: number | undefined;

  /** The `next_cursor` of the page before. */
  readonly cursor?: string | null | undefined;
}

/** A `fetch`, such as one that repeats calls, or notes them. */
export type Fetch = (address: string, init: RequestInit) => Promise<Response>;

/** What a `ChatClient` may be told. Times are in milliseconds. */
export interface ChatClientOptions {
  /** Instead of the one of the platform. */
  readonly fetch?: Fetch | undefined;

  /** How long a call may take, with all of its answer: 30 seconds without another value. */
  readonly callTimeout?: number | undefined;

  /** An open stream without any data for so long is opened again: 45 seconds. The server sends something every 15 seconds. */
  readonly streamSilence?: number | undefined;

  /** How long the server may take to begin a stream: 30 seconds. */
  readonly streamOpenTimeout?: number | undefined;

  /** The longest wait before a stream is opened again: 30 seconds. The first one is up to 3 seconds. */
  readonly maxReconnectDelay?: number | undefined;
}

export type Settings = Required<{ [K in keyof ChatClientOptions]: NonNullable<ChatClientOptions[K]> }>;

export function withDefaults(options: ChatClientOptions): Settings {
  return {
    // A browser's fetch works only as a method of the global object.
    fetch: options.fetch ?? ((address, init) => globalThis.fetch(address, init)),
    callTimeout: options.callTimeout ?? 30_000,
    streamSilence: options.streamSilence ?? 45_000,
    streamOpenTimeout: options.streamOpenTimeout ?? 30_000,
    maxReconnectDelay: options.maxReconnectDelay ?? 30_000,
  };
}
