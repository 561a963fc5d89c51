import type { FriendsApi } from "../api/friends.js";
import type { MessagesApi } from "../api/messages.js";
import type { NotificationsApi } from "../api/notifications.js";
import type { PresenceApi } from "../api/presence.js";
import type { RoomsApi } from "../api/rooms.js";
import type { Friend, Friendship, Room } from "../models.js";
import type { CallOptions } from "../options.js";
import type { ChatSession } from "../session.js";
import type { FriendSnapshot, NotificationSnapshot, PresenceSnapshot, RoomSnapshot } from "./snapshots.js";

/** The calls that snapshots are made of. */
export interface SnapshotSources {
  readonly session: ChatSession;
  readonly rooms: RoomsApi;
  readonly messages: MessagesApi;
  readonly friends: FriendsApi;
  readonly presence: PresenceApi;
  readonly notifications: NotificationsApi;
}

/** A snapshot, and the id after which its events begin. */
export type Start<S> = readonly [snapshot: S, lastEventId: string | undefined];

const LIMIT = 100;

/** Fetches what a stream begins with. */
export class SnapshotTaker {
  readonly #from: SnapshotSources;

  constructor(from: SnapshotSources) {
    this.#from = from;
  }

  async room(roomId: number, options: CallOptions): Promise<RoomSnapshot> {
    // The page first: what happens between the two comes as an event, above the page's version.
    const page = await this.#from.messages.list(roomId, options);
    return { type: "snapshot.room", room: await this.#from.rooms.get(roomId, options), page };
  }

  async rooms(options: CallOptions): Promise<Room[]> {
    // By id: a room may move to another page meanwhile.
    const rooms = new Map<number, Room>();
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await this.#from.rooms.list({ ...options, limit: LIMIT, cursor });
      for (const room of page.rooms) if (!rooms.has(room.id)) rooms.set(room.id, room);
      cursor = page.next_cursor ?? null;
    }
    return [...rooms.values()];
  }

  async notifications(options: CallOptions): Promise<Start<NotificationSnapshot>> {
    const page = await this.#from.notifications.list(options);
    return [{ type: "snapshot.notifications", page }, page.last_event_id];
  }

  async friends(options: CallOptions): Promise<Start<FriendSnapshot>> {
    const [friends, lastEventId] = await this.#listFriends(options);
    const [sent, received]: [Friendship[], Friendship[]] = [[], []];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await this.#from.friends.listRequests({ ...options, limit: LIMIT, cursor });
      sent.push(...page.sent);
      received.push(...page.received);
      cursor = page.next_cursor ?? null;
    }
    return [{ type: "snapshot.friends", friends, sent, received }, lastEventId];
  }

  async presence(options: CallOptions): Promise<Start<PresenceSnapshot>> {
    // The id of the presence first: what changes while the friends are read comes as an event.
    const { last_event_id } = await this.#from.presence.getMany([this.#from.session.userId], options);
    const [friends] = await this.#listFriends(options);
    return [{ type: "snapshot.presence", friends }, last_event_id];
  }

  /** With the id of the first page: what changes while the others are read comes as an event. */
  async #listFriends(options: CallOptions): Promise<Start<Friend[]>> {
    const first = await this.#from.friends.list({ ...options, limit: LIMIT });
    const friends = [...first.friends];
    for (let cursor = first.next_cursor; cursor; ) {
      const page = await this.#from.friends.list({ ...options, limit: LIMIT, cursor });
      friends.push(...page.friends);
      cursor = page.next_cursor;
    }
    return [friends, first.last_event_id ?? undefined];
  }
}
