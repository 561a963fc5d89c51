import type { components } from "../schema.js";

type Schemas = components["schemas"];

/** What the server describes of its streams. */
type Wire =
  | Schemas["RoomStreamEvent"]
  | Schemas["PresenceStreamEvent"]
  | Schemas["FriendStreamEvent"]
  | Schemas["NotificationStreamEvent"];

/** An event of the server: `data` is what it has sent. */
export interface ServerEvent<Type extends string, Data> {
  readonly type: Type;

  /** The place in the stream: with the one of the last event that was applied a new stream goes on after it. */
  readonly eventId: string | undefined;

  readonly data: Data;
}

/** The events of these names, one kind for each, so that `Extract` finds it. */
type EventOf<Names extends Wire["event"]> = Names extends Wire["event"]
  ? ServerEvent<Names, Readonly<Extract<Wire, { event: Names }>["data"]>>
  : never;

/** The stream is open. With `resumed` what was missed follows. */
export type StreamReady = EventOf<"ready">;

/**
 * What was missed cannot be sent: take a snapshot, and go on with the events after it. With the reason `room_deleted` there is nothing to
 * fetch. Streams that follow something do this for their reader.
 */
export type StreamReset = EventOf<"reset">;

/** The connection has ended, and a new one is opened after a pause. Made by the client. */
export interface StreamInterrupted {
  readonly type: "interrupted";
  readonly eventId?: undefined;

  /** The reason; undefined where the server ended the stream in good order, as it does every hour. */
  readonly error: Error | undefined;

  /** The pause in milliseconds. */
  readonly retryAfter: number;
}

/** An event that this version of the client does not know: ignore it. */
export interface UnknownEvent {
  readonly type: "unknown";
  readonly eventId: string | undefined;
  readonly name: string;

  /** Its data as it came, which is JSON. */
  readonly data: string;
}

/** What every stream may bring. */
export type ControlEvent = StreamReady | StreamReset | StreamInterrupted | UnknownEvent;

/** A message is new or has changed: store it by its id, and overwrite. */
export type MessageChanged = EventOf<"message.created" | "message.updated" | "message.deleted">;

/** A user has added an emoji or taken it away. Skip it for a message that you have in this version or a later one. */
export type ReactionChanged = EventOf<"reaction.changed">;

/** A member has read up to a message. */
export type ReadPositionChanged = EventOf<"read">;

/** A member has joined, left or got another role. */
export type MemberChanged = EventOf<"member">;

/** A member types, or has stopped. It is not replayed, and no change of the room. */
export type TypingChanged = EventOf<"typing">;

/** The room has another name or other pins, or is new to the caller. */
export type RoomChanged = EventOf<"room">;

/** What happens in a room. */
export type RoomChange = MessageChanged | ReactionChanged | ReadPositionChanged | MemberChanged | TypingChanged | RoomChanged;

/** A friend came online, went offline, was added or removed. */
export type PresenceChanged = EventOf<"presence">;

/** A friend, or an open request, as it is now: the status of the friendship says which of the two. */
export type FriendChanged = EventOf<"friend.added" | "request.created">;

/** A friendship or a request has ended. */
export type FriendRemoved = EventOf<"friend.removed" | "request.closed">;

/** A notification is new or has changed: store it by its id, and overwrite. With `alert` draw the user's attention to it. */
export type NotificationChanged = EventOf<"notification.created" | "notification.updated">;

/** Notifications were read, here or on another device. */
export type NotificationsMarkedRead = EventOf<"notification.read">;

/** A notification was deleted. */
export type NotificationRemoved = EventOf<"notification.removed">;

export type RoomStreamEvent = ControlEvent | RoomChange;
export type PresenceStreamEvent = ControlEvent | PresenceChanged;
export type FriendStreamEvent = ControlEvent | FriendChanged | FriendRemoved;
export type NotificationStreamEvent = ControlEvent | NotificationChanged | NotificationsMarkedRead | NotificationRemoved;
export type StreamEvent = RoomStreamEvent | PresenceStreamEvent | FriendStreamEvent | NotificationStreamEvent;

type ServerEventType = Exclude<StreamEvent["type"], "interrupted" | "unknown">;

/** A list that the compiler keeps whole. */
const KNOWN: Readonly<Record<ServerEventType, true>> = {
  ready: true,
  reset: true,
  "message.created": true,
  "message.updated": true,
  "message.deleted": true,
  "reaction.changed": true,
  read: true,
  member: true,
  typing: true,
  room: true,
  presence: true,
  "friend.added": true,
  "friend.removed": true,
  "request.created": true,
  "request.closed": true,
  "notification.created": true,
  "notification.updated": true,
  "notification.read": true,
  "notification.removed": true,
};

/** Reads an event of any stream. */
export function eventFrom(name: string, eventId: string | undefined, text: string): StreamEvent {
  const data = Object.hasOwn(KNOWN, name) ? objectIn(text) : undefined;
  // The types of the data are the server's promise.
  return data === undefined ? { type: "unknown", eventId, name, data: text } : ({ type: name, eventId, data } as StreamEvent);
}

function objectIn(text: string): object | undefined {
  try {
    const data: unknown = JSON.parse(text);
    return typeof data === "object" && data !== null && !Array.isArray(data) ? data : undefined;
  } catch {
    // A later version of the server. What it has sent is not lost.
    return undefined;
  }
}
