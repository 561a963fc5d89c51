import type { DeviceSessionPage, PrivacyChange, PrivacySettings, ProfileChange, Registration, Tokens, UserProfile } from "../models.js";
import type { CallOptions, PageOptions } from "../options.js";
import type { ChatSession, SavedSession } from "../session.js";
import type { ApiConnection } from "./connection.js";
import { pageOf } from "./paths.js";

/** Registration, sign-in, one's own profile and settings. */
export class AccountApi {
  readonly #api: ApiConnection;
  readonly #session: ChatSession;

  /**
   * What tells the server that this device has signed in before, so that wrong passwords of others do not lock it out. Keep it beside the
   * session, also after signing out, and set it before a sign-in; undefined before the first one.
   */
  deviceToken: string | undefined;

  /** @internal */
  constructor(api: ApiConnection, session: ChatSession) {
    this.#api = api;
    this.#session = session;
  }

  /**
   * Creates a user, who is not signed in by it. Undefined where the server wants the address verified first: the account exists after
   * `verifyEmail`. 409: the error's `field` is taken. 422: invalid.
   */
  register(registration: Registration, options?: CallOptions): Promise<UserProfile | undefined> {
    return this.#api.askOrNone("POST", "auth/register", registration, options);
  }

  /**
   * Verifies an address with the code of a mail: that of the account, of a registration, or of `changeEmail`. A code works once. 404: it is
   * not valid. 409: another user was first. 403 `password_required`: the server has several registrations of the address and needs the
   * password of the caller's.
   */
  verifyEmail(code: string, password?: string, options?: CallOptions): Promise<void> {
    return this.#tellAnonymously("auth/email/verify", { token: code, password }, options);
  }

  /** Asks for another mail that verifies an address. It succeeds whether or not there is something to verify. */
  resendVerification(email: string, options?: CallOptions): Promise<void> {
    return this.#tellAnonymously("auth/email/resend", { email }, options);
  }

  /** Asks for a mail with a code for a new password. It succeeds whether or not there is such an account. */
  forgotPassword(email: string, options?: CallOptions): Promise<void> {
    return this.#tellAnonymously("auth/password/forgot", { email }, options);
  }

  /**
   * Chooses a new password with the code of a mail. All sessions of the user end, and every lock of the account. 404: the code is not
   * valid. 422: nor is the password.
   */
  resetPassword(code: string, newPassword: string, options?: CallOptions): Promise<void> {
    return this.#tellAnonymously("auth/password/reset", { token: code, new_password: newPassword }, options);
  }

  /**
   * Signs in. The tokens are renewed from then on; keep them with `session.onRenewed`. 401: wrong address or password. 403
   * `email_not_verified`: see `verifyEmail`. 429: too many attempts.
   */
  async signIn(email: string, password: string, options?: CallOptions): Promise<SavedSession> {
    const answer = await this.#api.anonymous({
      method: "POST",
      path: "auth/login/json",
      body: { email, password },
      headers: this.deviceToken === undefined ? {} : { "X-Device-Token": this.deviceToken },
      signal: options?.signal,
    });
    const tokens = answer.json<Tokens>();
    this.deviceToken = tokens.device_token ?? this.deviceToken;
    return this.#session.begin(tokens);
  }

  /** Ends the session. It is over for this client even if the server cannot be reached. */
  async signOut(options?: CallOptions): Promise<void> {
    const current = this.#session.current;
    if (current === undefined) return;
    try {
      // With the refresh token alone: it works when the access token has expired.
      const body = { refresh_token: current.refreshToken };
      await this.#api.anonymous({ method: "POST", path: "auth/logout", body, signal: options?.signal });
    } finally {
      this.#session.end();
    }
  }

  /** Ends all sessions of the user, this one included. */
  async signOutEverywhere(options?: CallOptions): Promise<void> {
    await this.#api.tell("POST", "auth/logout-all", undefined, options);
    this.#session.end();
  }

  /**
   * In a browser: sets a cookie that opens streams and files by their address alone, for an `EventSource` and images of the same site. It
   * ends with the session. The streams of this client need none.
   */
  openBrowserSession(options?: CallOptions): Promise<void> {
    return this.#api.tell("POST", "auth/browser-session", undefined, options);
  }

  /** Removes that cookie; the session goes on. */
  closeBrowserSession(options?: CallOptions): Promise<void> {
    return this.#api.tell("DELETE", "auth/browser-session", undefined, options);
  }

  /** The devices that are signed in. */
  listSessions(options?: PageOptions): Promise<DeviceSessionPage> {
    return this.#api.get(pageOf("auth/sessions", options), options);
  }

  /** Signs a device out. */
  endSession(id: number, options?: CallOptions): Promise<void> {
    return this.#api.tell("DELETE", `auth/sessions/${id}`, undefined, options);
  }

  /** Changes the password and ends all other sessions. */
  changePassword(oldPassword: string, newPassword: string, options?: CallOptions): Promise<void> {
    return this.#api.tell("PUT", "auth/password", { old_password: oldPassword, new_password: newPassword }, options);
  }

  /** Asks for another e-mail address, which counts after `verifyEmail` with the code of the mail to it. 403: wrong password. */
  changeEmail(email: string, password: string, options?: CallOptions): Promise<void> {
    return this.#api.tell("PUT", "auth/email", { email, password }, options);
  }

  /** One's own profile. */
  getProfile(options?: CallOptions): Promise<UserProfile> {
    return this.#api.get("profile/me", options);
  }

  /** Changes what is given. */
  changeProfile(change: ProfileChange, options?: CallOptions): Promise<UserProfile> {
    return this.#api.ask("PATCH", "profile/me", change, options);
  }

  /** The privacy settings. */
  getPrivacy(options?: CallOptions): Promise<PrivacySettings> {
    return this.#api.get("users/me/privacy", options);
  }

  /** Changes what is given. */
  changePrivacy(change: PrivacyChange, options?: CallOptions): Promise<PrivacySettings> {
    return this.#api.ask("PUT", "users/me/privacy", change, options);
  }

  async #tellAnonymously(path: string, body: unknown, options: CallOptions | undefined): Promise<void> {
    await this.#api.anonymous({ method: "POST", path, body, signal: options?.signal });
  }
}
