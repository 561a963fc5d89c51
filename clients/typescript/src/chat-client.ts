import { AccountApi } from "./api/account.js";
import { ApiConnection } from "./api/connection.js";
import { FriendsApi } from "./api/friends.js";
import { MessagesApi } from "./api/messages.js";
import { NotificationsApi } from "./api/notifications.js";
import { PresenceApi } from "./api/presence.js";
import { RoomsApi } from "./api/rooms.js";
import { StreamsApi } from "./api/streams.js";
import { Transport } from "./api/transport.js";
import { UsersApi } from "./api/users.js";
import { withDefaults, type ChatClientOptions } from "./options.js";
import { ChatSession } from "./session.js";
import { StreamReader } from "./streams/reader.js";
import { SnapshotTaker } from "./streams/snapshot-taker.js";

/**
 * A client of BigTech Chat for one user; keep one as long as the user is signed in. Calls throw a `ChatApiError` where the server refuses,
 * and a `ChatConnectionError` where it is not reached.
 */
export class ChatClient {
  /** The signed-in user and their tokens. */
  readonly session: ChatSession;

  /** Registration, sign-in, one's own profile and settings. */
  readonly account: AccountApi;

  /** Other users. */
  readonly users: UsersApi;

  /** Who is online. */
  readonly presence: PresenceApi;

  /** Friends, requests and blocks. */
  readonly friends: FriendsApi;

  /** Rooms, their members, links and pins. */
  readonly rooms: RoomsApi;

  /** Messages, reactions and read positions. */
  readonly messages: MessagesApi;

  /** Notifications and their preferences. */
  readonly notifications: NotificationsApi;

  /** Live changes. */
  readonly streams: StreamsApi;

  /**
   * @param address Where the API is, such as `https://chat.example.com/api/`; on a page also `/api/`.
   * @param options Other than the defaults.
   */
  constructor(address: string | URL, options: ChatClientOptions = {}) {
    const settings = withDefaults(options);
    const transport = new Transport(baseOf(address), settings);
    this.session = new ChatSession(transport);
    const api = new ApiConnection(transport, this.session);
    this.account = new AccountApi(api, this.session);
    this.users = new UsersApi(api);
    this.presence = new PresenceApi(api);
    this.friends = new FriendsApi(api);
    this.rooms = new RoomsApi(api, this.session);
    this.messages = new MessagesApi(api);
    this.notifications = new NotificationsApi(api);
    this.streams = new StreamsApi(new StreamReader(api, settings), new SnapshotTaker(this), this.session);
  }
}

/** The address with a slash at its end. */
function baseOf(address: string | URL): string {
  const { href } = new URL(address, globalThis.location?.href);
  return href.endsWith("/") ? href : `${href}/`;
}
