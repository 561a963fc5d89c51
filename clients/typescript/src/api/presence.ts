import type { OnlineStatus, OnlineStatusList } from "../models.js";
import type { CallOptions } from "../options.js";
import type { ApiConnection } from "./connection.js";
import { pathOf } from "./paths.js";

/** Who is online. An open stream of any kind makes its user online. */
export class PresenceApi {
  readonly #api: ApiConnection;

  /** @internal */
  constructor(api: ApiConnection) {
    this.#api = api;
  }

  /** The presence of one user. */
  get(userId: number, options?: CallOptions): Promise<OnlineStatus> {
    return this.#api.get(`online-status/${userId}`, options);
  }

  /** The presence of up to 100 users. */
  getMany(userIds: Iterable<number>, options?: CallOptions): Promise<OnlineStatusList> {
    return this.#api.get(pathOf("online-status", { user_ids: [...userIds].join(",") }), options);
  }

  /** One's own presence. */
  getMine(options?: CallOptions): Promise<OnlineStatus> {
    return this.#api.get("online-status/me", options);
  }

  /** Hides one's own presence from friends, or shows it again. */
  setInvisible(isInvisible: boolean, options?: CallOptions): Promise<OnlineStatus> {
    return this.#api.ask("PUT", "online-status/me", { invisible: isInvisible }, options);
  }

  /** Keeps the user online for a minute, for clients without a stream. */
  sendHeartbeat(options?: CallOptions): Promise<void> {
    return this.#api.tell("POST", "online-status/heartbeat", undefined, options);
  }
}
