import type { ProblemDetails } from "./models.js";

/** The server refused a call. That it was not reached is a {@link ChatConnectionError}. */
export class ChatApiError extends Error {
  override readonly name = "ChatApiError";

  /** The status of the answer. */
  readonly status: number;

  /** What went wrong, for programs, such as `room_not_found`; it never changes. Empty if the answer had none. */
  readonly code: string;

  /** By this the server's log knows the request. */
  readonly traceId: string | undefined;

  /** Of a conflict (409): what is taken already. */
  readonly field: string | undefined;

  /** Of `not_allowed_by_privacy` (403): the users who do not let the caller do this. */
  readonly userIds: readonly number[];

  /** Of invalid input (422): what is wrong, by field. */
  readonly errors: Readonly<Record<string, readonly string[]>>;

  /** When it is worth trying again, in milliseconds; undefined if the server does not say so. */
  readonly retryAfter: number | undefined;

  constructor(status: number, problem: ProblemDetails, retryAfter: number | undefined) {
    super(describe(status, problem));
    this.status = status;
    this.code = problem.code ?? "";
    this.traceId = problem.trace_id;
    this.field = problem.field;
    this.userIds = problem.user_ids ?? [];
    this.errors = problem.errors ?? {};
    this.retryAfter = retryAfter;
  }

  /** Whether the same call may succeed later: too many requests, or the server cannot answer now. */
  get isTransient(): boolean {
    return this.status === 429 || this.status === 408 || this.status >= 500;
  }
}

/** The server was not reached, did not answer in time, or what came is no answer of it. `cause` is what `fetch` said. */
export class ChatConnectionError extends Error {
  override readonly name = "ChatConnectionError";

  /** Whether it was the time that ran out. */
  readonly isTimeout: boolean;

  constructor(message: string, options: { cause?: unknown; isTimeout?: boolean } = {}) {
    super(message, "cause" in options ? { cause: options.cause } : undefined);
    this.isTimeout = options.isTimeout ?? false;
  }
}

/** Whether the same call may succeed later. */
export function isTemporary(error: unknown): boolean {
  return error instanceof ChatConnectionError || (error instanceof ChatApiError && error.isTransient);
}

function describe(status: number, problem: ProblemDetails): string {
  const errors = Object.entries(problem.errors ?? {}).map(([field, texts]) => ` ${field}: ${texts.join(" ")}`);
  const code = problem.code === undefined ? "" : ` ${problem.code}`;
  return `${problem.detail ?? problem.title ?? "The call was refused."}${errors.join("")} (${status}${code})`;
}
