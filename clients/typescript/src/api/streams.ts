import type { CallOptions } from "../options.js";
import type { ChatSession } from "../session.js";
import type {
  FriendStreamEvent, NotificationStreamEvent, PresenceStreamEvent, RoomChange, RoomStreamEvent, StreamEvent,
} from "../streams/events.js";
import type { StreamReader } from "../streams/reader.js";
import type { SnapshotTaker, Start } from "../streams/snapshot-taker.js";
import type { FriendSnapshot, NotificationSnapshot, PresenceSnapshot, RoomListSnapshot, RoomSnapshot } from "../streams/snapshots.js";

/** What a plain stream may be given. */
export interface StreamOptions extends CallOptions {
  /** Goes on after this event, or after the `last_event_id` of a page; without one the stream begins now. */
  readonly lastEventId?: string | undefined;
}

/** A stream, until the loop over it ends or its signal is aborted, which throws the signal's reason. */
export type ChatStream<E> = AsyncGenerator<E, void, undefined>;

/**
 * Live changes. Every stream goes on over any number of connections, without gaps and without doubles, until the caller stops reading. It
 * ends by itself where coming back is pointless: after one's own removal from the room, or when the room is deleted.
 *
 * The plain streams give what the server sends. Those that follow something begin with a snapshot and give another one where events were
 * lost, so that a reader needs no other calls. All of them throw a `ChatApiError`: 401 when the session is over, 403 or 404 for a room that
 * is not the caller's.
 */
export class StreamsApi {
  readonly #reader: StreamReader;
  readonly #take: SnapshotTaker;
  readonly #session: ChatSession;

  /** @internal */
  constructor(reader: StreamReader, take: SnapshotTaker, session: ChatSession) {
    this.#reader = reader;
    this.#take = take;
    this.#session = session;
  }

  /** The events of one room. */
  room(roomId: number, options: StreamOptions = {}): ChatStream<RoomStreamEvent> {
    return this.#read(`messages/stream/${roomId}`, options, (event) => this.#isEndOfRoom(event));
  }

  /** The events of all rooms of the caller, also of those that they join later. */
  allRooms(options: StreamOptions = {}): ChatStream<RoomStreamEvent> {
    return this.#read("messages/stream", options);
  }

  /** The presence of friends. */
  presence(options: StreamOptions = {}): ChatStream<PresenceStreamEvent> {
    return this.#read("online-status/stream", options);
  }

  /** Friends and requests. */
  friends(options: StreamOptions = {}): ChatStream<FriendStreamEvent> {
    return this.#read("friends/stream", options);
  }

  /** The notifications of the caller. */
  notifications(options: StreamOptions = {}): ChatStream<NotificationStreamEvent> {
    return this.#read("notifications/stream", options);
  }

  /** A `snapshot.room`, then its events; another one where events were lost. */
  async *followRoom(roomId: number, options: CallOptions = {}): ChatStream<RoomSnapshot | RoomStreamEvent> {
    const take = () => this.#reader.persist(() => this.#take.room(roomId, options), options.signal);
    let snapshot = await take();
    yield snapshot;
    for await (const event of this.room(roomId, { ...options, lastEventId: snapshot.page.last_event_id })) {
      if (event.type === "reset" && event.data.reason !== "room_deleted") {
        snapshot = await take();
        yield snapshot;
      } else if (!isRoomChange(event) || isAbove(event, snapshot.page.version)) {
        yield event;
      }
    }
  }

  /** A `snapshot.rooms`, then the events of all rooms; another one where events were lost, or a `snapshot.room` where those of one were. */
  async *followAllRooms(options: CallOptions = {}): ChatStream<RoomListSnapshot | RoomSnapshot | RoomStreamEvent> {
    let versions = new Map<number, number>();
    for await (const event of this.allRooms(options)) {
      if ((event.type === "ready" && !event.data.resumed) || (event.type === "reset" && !event.data.room_id)) {
        const rooms = await this.#reader.persist(() => this.#take.rooms(options), options.signal);
        versions = new Map(rooms.map((room) => [room.id, room.version]));
        yield { type: "snapshot.rooms", rooms };
      } else if (event.type === "reset" && event.data.room_id && event.data.reason !== "room_deleted") {
        const roomId = event.data.room_id;
        const snapshot = await this.#reader.persist(() => this.#take.room(roomId, options), options.signal);
        versions.set(roomId, snapshot.page.version);
        yield snapshot;
      } else if (event.type === "room" && !versions.has(event.data.room_id)) {
        // A room that is new to the caller: what it had before does not count.
        versions.set(event.data.room_id, event.data.version);
        yield event;
      } else if (!isRoomChange(event) || isAbove(event, versions.get(event.data.room_id) ?? 0)) {
        // A room that the caller has left begins anew if they come back.
        const ended = this.#isEndOfRoom(event) && "data" in event && typeof event.data === "object" ? event.data.room_id : undefined;
        if (ended) versions.delete(ended);
        yield event;
      }
    }
  }

  /** A `snapshot.notifications`, then their events; another one where events were lost. */
  followNotifications(options: CallOptions = {}): ChatStream<NotificationSnapshot | NotificationStreamEvent> {
    return this.#follow((after) => this.notifications(after), () => this.#take.notifications(options), options);
  }

  /** A `snapshot.friends`, then their events; another one where events were lost. */
  followFriends(options: CallOptions = {}): ChatStream<FriendSnapshot | FriendStreamEvent> {
    return this.#follow((after) => this.friends(after), () => this.#take.friends(options), options);
  }

  /** A `snapshot.presence`, then its events; another one where events were lost. */
  followPresence(options: CallOptions = {}): ChatStream<PresenceSnapshot | PresenceStreamEvent> {
    return this.#follow((after) => this.presence(after), () => this.#take.presence(options), options);
  }

  async *#follow<S, E extends { readonly type: string }>(
    open: (options: StreamOptions) => ChatStream<E>,
    take: () => Promise<Start<S>>,
    options: CallOptions,
  ): ChatStream<S | E> {
    const [snapshot, lastEventId] = await this.#reader.persist(take, options.signal);
    yield snapshot;
    for await (const event of open({ ...options, lastEventId })) {
      yield event.type === "reset" ? (await this.#reader.persist(take, options.signal))[0] : event;
    }
  }

  #read<E extends StreamEvent>(
    path: string,
    options: StreamOptions,
    isLast: (event: StreamEvent) => boolean = () => false,
  ): ChatStream<E> {
    // Which events a stream has is the server's promise.
    return this.#reader.read(path, options.lastEventId, isLast, options.signal) as ChatStream<E>;
  }

  #isEndOfRoom(event: StreamEvent): boolean {
    if (event.type === "reset") return event.data.reason === "room_deleted";
    return event.type === "member" && event.data.change === "left" && event.data.user_id === this.#session.current?.userId;
  }
}

function isRoomChange(event: RoomStreamEvent): event is RoomChange {
  return event.type !== "ready" && event.type !== "reset" && event.type !== "interrupted" && event.type !== "unknown";
}

/** Whether an event is not in a snapshot of this version. Typing is in none. */
function isAbove(event: RoomChange, version: number): boolean {
  return event.type === "typing" || event.data.version > version;
}
