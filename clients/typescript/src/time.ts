import { ChatConnectionError } from "./errors.js";

/** A timer of a longer time would end at once. */
const MAX_TIMER = 2 ** 31 - 1;

/** Ends a request when its time has run out, or when the caller does not want it any more. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #forward = () => this.#controller.abort(this.#outer?.reason);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isLate = false;

  constructor(outer: AbortSignal | undefined) {
    this.#outer = outer;
    if (outer?.aborted) this.#forward();
    else outer?.addEventListener("abort", this.#forward);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** From now on so many milliseconds are left. */
  within(limit: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isLate = true;
      this.#controller.abort();
    }, Math.min(limit, MAX_TIMER));
  }

  /** The time stands still until the next {@link within}. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  /** The reason of an error: the caller's own, the time, or the network. Errors that have a name keep it. */
  reasonOf(error: unknown): unknown {
    if (this.#outer?.aborted) return this.#outer.reason;
    if (this.#isLate) return new ChatConnectionError("The server was silent for too long.", { cause: error, isTimeout: true });
    return error instanceof ChatConnectionError ? error : new ChatConnectionError("The server was not reached.", { cause: error });
  }

  /** Ends what still runs. */
  end(): void {
    clearTimeout(this.#timer);
    this.#outer?.removeEventListener("abort", this.#forward);
    this.#controller.abort();
  }
}

/** Waits. Throws the signal's reason when it is aborted. */
export function delay(time: number, signal: AbortSignal | undefined): Promise<void> {
  return abortable(signal, (resolve) => {
    const timer = setTimeout(resolve, Math.min(time, MAX_TIMER));
    return () => clearTimeout(timer);
  });
}

/** Waits for a result that others wait for as well. Throws the signal's reason when it is aborted. */
export function waitFor<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  return abortable(signal, (resolve, reject) => {
    result.then(resolve, reject);
    return () => {};
  });
}

/** A random pause, up to a limit that grows with each failure, after the one that the server wants. */
export function pauseBefore(attempt: number, first: number, longest: number, wanted: number | undefined): number {
  return (wanted ?? 0) + Math.min(first * 2 ** Math.min(attempt - 1, 10), longest) * Math.random();
}

function abortable<T>(
  signal: AbortSignal | undefined,
  begin: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const stop = begin(
      (value) => {
        signal?.removeEventListener("abort", abort);
        resolve(value);
      },
      (error) => {
        signal?.removeEventListener("abort", abort);
        reject(error);
      },
    );
    function abort(): void {
      stop();
      reject(signal?.reason);
    }
    signal?.addEventListener("abort", abort, { once: true });
  });
}
