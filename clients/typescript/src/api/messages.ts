import { newClientId } from "../client-id.js";
import type { Message, MessagePage, NewMessage, ReadState } from "../models.js";
import type { CallOptions } from "../options.js";
import type { ApiConnection } from "./connection.js";
import { pathOf, segment } from "./paths.js";

/** Which messages of a room; at most one of `before`, `after` and `around`: a place in the room, the id of a message, or a cursor. */
export interface MessageListOptions extends CallOptions {
  /** 1 to 100. */
  readonly limit?: number | undefined;

  /** Older than this. */
  readonly before?: string | number | null | undefined;

  /** Newer than this. */
  readonly after?: string | number | null | undefined;

  /** This message and those beside it. */
  readonly around?: string | number | null | undefined;
}

/** Messages, reactions and read positions. */
export class MessagesApi {
  readonly #api: ApiConnection;

  /** @internal */
  constructor(api: ApiConnection) {
    this.#api = api;
  }

  /**
   * Sends a message. The answer comes when it is stored. With a `client_message_id` it may be sent again: the answer is the first message
   * then. To send through outages use a `MessageOutbox`. 403: not a member, or `blocked`. 404: no such room. 409: another message has this
   * client id.
   */
  send(roomId: number, message: string | NewMessage, options?: CallOptions): Promise<Message> {
    return this.#api.ask("POST", `messages/${roomId}`, named(message), options);
  }

  /** A page of the messages of a room, newest first. */
  list(roomId: number, options: MessageListOptions = {}): Promise<MessagePage> {
    const { limit, before, after, around } = options;
    return this.#api.get(pathOf(`messages/${roomId}`, { limit, before, after, around }), options);
  }

  /** Changes the text of one's own message. */
  edit(messageId: string, content: string, options?: CallOptions): Promise<Message> {
    return this.#api.ask("PATCH", `messages/${segment(messageId)}`, { content }, options);
  }

  /** Deletes a message: one's own, or as an admin. */
  delete(messageId: string, options?: CallOptions): Promise<Message> {
    return this.#api.ask("DELETE", `messages/${segment(messageId)}`, undefined, options);
  }

  /** Adds one's emoji to a message. */
  addReaction(messageId: string, emoji: string, options?: CallOptions): Promise<Message> {
    return this.#api.ask("POST", `messages/${segment(messageId)}/reactions`, { emoji }, options);
  }

  /** Takes one's emoji from a message. */
  removeReaction(messageId: string, emoji: string, options?: CallOptions): Promise<Message> {
    return this.#api.ask("DELETE", `messages/${segment(messageId)}/reactions`, { emoji }, options);
  }

  /** Pins a message to its room. */
  pin(messageId: string, options?: CallOptions): Promise<void> {
    return this.#api.tell("POST", `messages/${segment(messageId)}/pin`, undefined, options);
  }

  /** Takes a pin away. */
  unpin(messageId: string, options?: CallOptions): Promise<void> {
    return this.#api.tell("DELETE", `messages/${segment(messageId)}/pin`, undefined, options);
  }

  /** Moves the caller's read position up to a message, forward only. */
  markRead(roomId: number, upToMessageId: string, options?: CallOptions): Promise<ReadState> {
    return this.#api.ask("POST", "messages/read", { room_id: roomId, up_to_message_id: upToMessageId }, options);
  }

  /** Moves the caller's read position to the newest message. */
  markAllRead(roomId: number, options?: CallOptions): Promise<ReadState> {
    return this.#api.ask("POST", "messages/read", { room_id: roomId, all: true }, options);
  }

  /** How many messages of a room the caller has not read. */
  async countUnread(roomId: number, options?: CallOptions): Promise<number> {
    return (await this.#api.get<{ unread_count: number }>(`messages/room/${roomId}/unread-count`, options)).unread_count;
  }
}

/** A message with a client id. */
export function named(message: string | NewMessage): NewMessage {
  const whole = typeof message === "string" ? { content: message } : message;
  return { ...whole, client_message_id: whole.client_message_id ?? newClientId() };
}
