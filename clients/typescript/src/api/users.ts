import type { UserExistsAnswer, UserList, UserProfile, UserSearchPage } from "../models.js";
import type { CallOptions, PageOptions } from "../options.js";
import type { ApiConnection } from "./connection.js";
import { pathOf } from "./paths.js";

/** Other users. */
export class UsersApi {
  readonly #api: ApiConnection;

  /** @internal */
  constructor(api: ApiConnection) {
    this.#api = api;
  }

  /** A user's public profile. 404: there is no such user. */
  get(id: number, options?: CallOptions): Promise<UserProfile> {
    return this.#api.get(`users/${id}`, options);
  }

  /** The profiles of up to 100 users; ids without a user are left out. */
  async getMany(ids: Iterable<number>, options?: CallOptions): Promise<UserProfile[]> {
    return (await this.#api.ask<UserList>("POST", "users/batch", { user_ids: [...ids] }, options)).users;
  }

  /** Whether there is such a user. */
  async exists(id: number, options?: CallOptions): Promise<boolean> {
    return (await this.#api.get<UserExistsAnswer>(`users/${id}/exists`, options)).exists;
  }

  /** Finds users by username, display name (initial consonants of Korean too) or exact e-mail address. */
  search(query: string, options?: PageOptions): Promise<UserSearchPage> {
    return this.#api.get(pathOf("users/search", { query, limit: options?.limit, cursor: options?.cursor }), options);
  }
}
