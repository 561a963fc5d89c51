import type { InviteLink, InviteLinkList, MemberRole, PinList, Room, RoomPage } from "../models.js";
import type { CallOptions, PageOptions } from "../options.js";
import type { ChatSession } from "../session.js";
import type { ApiConnection } from "./connection.js";
import { pageOf, segment } from "./paths.js";

/** What a link that lets users join may be given. */
export interface InviteLinkOptions extends CallOptions {
  /** When it ends; the server's default without a value. */
  readonly expiresInHours?: number | undefined;

  /** How many users may join by it; any number without a value. */
  readonly maxUses?: number | undefined;
}

/** Rooms, their members, links and pins. */
export class RoomsApi {
  readonly #api: ApiConnection;
  readonly #session: ChatSession;

  /** @internal */
  constructor(api: ApiConnection, session: ChatSession) {
    this.#api = api;
    this.#session = session;
  }

  /** The rooms of the caller, latest activity first. */
  list(options?: PageOptions): Promise<RoomPage> {
    return this.#api.get(pageOf("chat-rooms", options), options);
  }

  /** The 1:1 room with a user, created if there is none. 403 `not_allowed_by_privacy`. 404: no such user. */
  openDirect(userId: number, options?: CallOptions): Promise<Room> {
    return this.#api.get(`chat-rooms/check/${userId}`, options);
  }

  /** Creates a group. 403 `not_allowed_by_privacy`: the error's `userIds` do not let the caller add them. */
  createGroup(name: string, memberIds: Iterable<number>, options?: CallOptions): Promise<Room> {
    return this.#api.ask("POST", "chat-rooms", { participant_ids: [...memberIds], name, room_type: "group" }, options);
  }

  /** A room with all of its members. */
  get(roomId: number, options?: CallOptions): Promise<Room> {
    return this.#api.get(`chat-rooms/${roomId}`, options);
  }

  /** Gives a group another name. */
  rename(roomId: number, name: string, options?: CallOptions): Promise<Room> {
    return this.#api.ask("PUT", `chat-rooms/${roomId}`, { name }, options);
  }

  /** Deletes a group with all that was written in it. Only its owner may. */
  delete(roomId: number, options?: CallOptions): Promise<void> {
    return this.#api.tell("DELETE", `chat-rooms/${roomId}`, undefined, options);
  }

  /** Adds users to a group. */
  addMembers(roomId: number, userIds: Iterable<number>, options?: CallOptions): Promise<Room> {
    return this.#api.ask("POST", `chat-rooms/${roomId}/members`, { user_ids: [...userIds] }, options);
  }

  /** Gives a member a role. */
  changeRole(roomId: number, userId: number, role: MemberRole, options?: CallOptions): Promise<Room> {
    return this.#api.ask("PUT", `chat-rooms/${roomId}/members/${userId}`, { role }, options);
  }

  /** Removes a member. */
  removeMember(roomId: number, userId: number, options?: CallOptions): Promise<void> {
    return this.#api.tell("DELETE", `chat-rooms/${roomId}/members/${userId}`, undefined, options);
  }

  /** Leaves a group. */
  async leave(roomId: number, options?: CallOptions): Promise<void> {
    await this.removeMember(roomId, this.#session.userId, options);
  }

  /** The pinned messages. */
  listPins(roomId: number, options?: CallOptions): Promise<PinList> {
    return this.#api.get(`chat-rooms/${roomId}/pins`, options);
  }

  /** Makes a link that lets users join. */
  createInviteLink(roomId: number, options?: InviteLinkOptions): Promise<InviteLink> {
    const body = { expires_in_hours: options?.expiresInHours, max_uses: options?.maxUses };
    return this.#api.ask("POST", `chat-rooms/${roomId}/invite-links`, body, options);
  }

  /** The links that still work. */
  async listInviteLinks(roomId: number, options?: CallOptions): Promise<InviteLink[]> {
    return (await this.#api.get<InviteLinkList>(`chat-rooms/${roomId}/invite-links`, options)).invite_links;
  }

  /** Ends a link. */
  revokeInviteLink(roomId: number, linkId: number, options?: CallOptions): Promise<void> {
    return this.#api.tell("DELETE", `chat-rooms/${roomId}/invite-links/${linkId}`, undefined, options);
  }

  /** Joins a group by a link. 404: the link does not work, or not any more. */
  join(code: string, options?: CallOptions): Promise<Room> {
    return this.#api.ask("POST", `invite-links/${segment(code)}/join`, undefined, options);
  }

  /** Shows the other members for 6 seconds that the caller types. */
  showTyping(roomId: number, options?: CallOptions): Promise<void> {
    return this.#api.tell("POST", `chat-rooms/${roomId}/typing`, undefined, options);
  }
}
