import type { BlockedUser, BlockedUserPage, FriendPage, FriendRequestPage, Friendship, PendingRequestPage } from "../models.js";
import type { CallOptions, PageOptions } from "../options.js";
import type { ApiConnection } from "./connection.js";
import { pageOf, pathOf } from "./paths.js";

/** Friends, requests and blocks. */
export class FriendsApi {
  readonly #api: ApiConnection;

  /** @internal */
  constructor(api: ApiConnection) {
    this.#api = api;
  }

  /** The friends of the caller, by name. */
  list(options?: PageOptions): Promise<FriendPage> {
    return this.#api.get(pageOf("friends", options), options);
  }

  /** Finds friends by name, initial consonants of Korean too. */
  search(query: string, options?: PageOptions): Promise<FriendPage> {
    return this.#api.get(pathOf("friends/search", { q: query, limit: options?.limit, cursor: options?.cursor }), options);
  }

  /** Ends a friendship. */
  remove(friendId: number, options?: CallOptions): Promise<void> {
    return this.#api.tell("DELETE", `friends/${friendId}`, undefined, options);
  }

  /**
   * Asks a user for a friendship. If they have asked already, this accepts. 403: blocked. 404: no such user. 409: asked already, or
   * friends.
   */
  request(userId: number, message?: string, options?: CallOptions): Promise<Friendship> {
    return this.#api.ask("POST", "friends/request", { target_user_id: userId, message }, options);
  }

  /** Takes a request back. */
  cancelRequest(userId: number, options?: CallOptions): Promise<void> {
    return this.#api.tell("DELETE", `friends/request/${userId}`, undefined, options);
  }

  /** The open requests of both directions. */
  listRequests(options?: PageOptions): Promise<FriendRequestPage> {
    return this.#api.get(pageOf("friends/requests", options), options);
  }

  /** The requests that wait for the caller's answer. */
  listPendingRequests(options?: PageOptions): Promise<PendingRequestPage> {
    return this.#api.get(pageOf("friends/requests/pending", options), options);
  }

  /** Accepts a request that the caller has received. */
  accept(requestId: number, options?: CallOptions): Promise<Friendship> {
    return this.#api.ask("POST", `friends/${requestId}/accept`, undefined, options);
  }

  /** Rejects a request that the caller has received. */
  reject(requestId: number, options?: CallOptions): Promise<Friendship> {
    return this.#api.ask("POST", `friends/${requestId}/reject`, undefined, options);
  }

  /** Blocks a user: it ends the friendship and open requests, and closes the 1:1 room for sending both ways. */
  block(userId: number, options?: CallOptions): Promise<BlockedUser> {
    return this.#api.ask("POST", "friends/block", { user_id: userId }, options);
  }

  /** Lifts a block. */
  unblock(userId: number, options?: CallOptions): Promise<void> {
    return this.#api.tell("DELETE", `friends/unblock/${userId}`, undefined, options);
  }

  /** The users whom the caller has blocked. */
  listBlocked(options?: PageOptions): Promise<BlockedUserPage> {
    return this.#api.get(pageOf("friends/blocked", options), options);
  }
}
