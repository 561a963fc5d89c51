import type { Transport } from "./api/transport.js";
import { ChatApiError } from "./errors.js";
import { Listeners } from "./listeners.js";
import type { Tokens } from "./models.js";
import type { CallOptions } from "./options.js";
import { waitFor } from "./time.js";

/** A token that is valid for less than this is renewed. */
const MARGIN = 30_000;

/** A sign-in that can be kept, as JSON, and restored. Keep it as private as a password. */
export interface SavedSession {
  /** The user. */
  readonly userId: number;

  /** For calls; valid for minutes. */
  readonly accessToken: string;

  /** For new tokens; it works once. */
  readonly refreshToken: string;

  /** When the access token expires, in milliseconds since 1970, by the clock of this machine. */
  readonly expiresAt: number;
}

/** The tokens of a signed-in user. They are renewed before they expire, by one request for all calls that wait for it. */
export class ChatSession {
  readonly #transport: Transport;
  readonly #renewed = new Listeners<[SavedSession]>();
  readonly #ended = new Listeners<[]>();
  #current: SavedSession | undefined;
  #renewal: Promise<SavedSession> | undefined;

  /** @internal */
  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The tokens of now, undefined while no user is signed in. */
  get current(): SavedSession | undefined {
    return this.#current;
  }

  /** The signed-in user. Throws an error if there is none. */
  get userId(): number {
    if (this.#current === undefined) throw new Error("No user is signed in.");
    return this.#current.userId;
  }

  /** There are new tokens: keep them in place of the old ones. What is returned takes the listener away. */
  onRenewed(listener: (session: SavedSession) => void): () => void {
    return this.#renewed.add(listener);
  }

  /**
   * The session is over: the user has signed out, here or elsewhere, or it was ended. Not called when the server cannot be reached. What
   * is returned takes the listener away.
   */
  onEnded(listener: () => void): () => void {
    return this.#ended.add(listener);
  }

  /**
   * A token that lets calls go through now, such as for a client of one's own; undefined while no user is signed in. Throws a
   * {@link ChatApiError} with 401 when the session is over.
   */
  async accessToken(options: CallOptions = {}): Promise<string | undefined> {
    const current = this.#current;
    if (current === undefined || current.expiresAt - Date.now() > MARGIN) return current?.accessToken;
    return await this.tokenAfter(current.accessToken, options);
  }

  /** Goes on with a sign-in of before. */
  restore(session: SavedSession): void {
    this.#current = session;
    this.#renewal = undefined;
  }

  /**
   * The token after this one: another call may have fetched it already.
   * @internal
   */
  async tokenAfter(used: string, options: CallOptions): Promise<string | undefined> {
    const current = this.#current;
    if (current === undefined || current.accessToken !== used) return current?.accessToken;
    // Without the caller's signal: others wait for it as well.
    this.#renewal ??= this.#renew(current);
    return (await waitFor(this.#renewal, options.signal)).accessToken;
  }

  /** @internal */
  begin(tokens: Tokens): SavedSession {
    const session = savedFrom(tokens);
    this.restore(session);
    this.#renewed.tell(session);
    return session;
  }

  /** @internal */
  end(): void {
    if (this.#current === undefined) return;
    this.#current = this.#renewal = undefined;
    this.#ended.tell();
  }

  async #renew(old: SavedSession): Promise<SavedSession> {
    let renewed: SavedSession;
    try {
      const answer = await this.#transport.exchange({
        method: "POST",
        path: "auth/refresh",
        body: { refresh_token: old.refreshToken },
      });
      renewed = savedFrom(answer.throwIfRefused().json<Tokens>());
    } catch (error) {
      if (this.#current === old) {
        if (error instanceof ChatApiError && error.status === 401) this.end();
        // Otherwise the next call tries again: the server answers a repeated token with the same successor.
        else this.#renewal = undefined;
      }
      throw error;
    }
    // A sign-out or another sign-in came in between.
    if (this.#current !== old) return this.#current ?? renewed;
    this.restore(renewed);
    this.#renewed.tell(renewed);
    return renewed;
  }
}

function savedFrom(tokens: Tokens): SavedSession {
  return {
    userId: tokens.user_id,
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    expiresAt: Date.now() + tokens.expires_in * 1000,
  };
}
