import type { Friend, Friendship, MessagePage, NotificationPage, Room } from "../models.js";

/** What a room is when its events begin, and again when some were missed. Made by the client. */
export interface RoomSnapshot {
  readonly type: "snapshot.room";
  readonly eventId?: undefined;

  /** With its members. */
  readonly room: Room;

  /** Its newest messages. Apply events to a message only above the message's own version. */
  readonly page: MessagePage;
}

/** All rooms of the caller when their events begin, and again when some were missed. Made by the client. */
export interface RoomListSnapshot {
  readonly type: "snapshot.rooms";
  readonly eventId?: undefined;

  /** Latest activity first. */
  readonly rooms: readonly Room[];
}

/** The newest notifications when their events begin, and again when some were missed. Made by the client. */
export interface NotificationSnapshot {
  readonly type: "snapshot.notifications";
  readonly eventId?: undefined;
  readonly page: NotificationPage;
}

/** All friends and open requests when their events begin, and again when some were missed. Made by the client. */
export interface FriendSnapshot {
  readonly type: "snapshot.friends";
  readonly eventId?: undefined;

  /** By name. */
  readonly friends: readonly Friend[];

  /** Open requests of the caller. */
  readonly sent: readonly Friendship[];

  /** Open requests to the caller. */
  readonly received: readonly Friendship[];
}

/** The presence of all friends when its events begin, and again when some were missed. Made by the client. */
export interface PresenceSnapshot {
  readonly type: "snapshot.presence";
  readonly eventId?: undefined;
  readonly friends: readonly Friend[];
}
