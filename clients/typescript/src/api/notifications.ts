import type { NotificationPage, NotificationPreferenceChange, NotificationPreferences, NotificationsReadState } from "../models.js";
import type { CallOptions, PageOptions } from "../options.js";
import type { ApiConnection } from "./connection.js";
import { pathOf } from "./paths.js";

/** Which notifications. */
export interface NotificationListOptions extends PageOptions {
  /** Only unread ones (true), only read ones (false), all (undefined). */
  readonly unread?: boolean | undefined;
}

/** Notifications and their preferences. */
export class NotificationsApi {
  readonly #api: ApiConnection;

  /** @internal */
  constructor(api: ApiConnection) {
    this.#api = api;
  }

  /** The notifications of the caller, newest first. */
  list(options: NotificationListOptions = {}): Promise<NotificationPage> {
    const { limit, cursor, unread } = options;
    return this.#api.get(pathOf("notifications", { limit, cursor, unread }), options);
  }

  /** How many are unread. */
  async countUnread(options?: CallOptions): Promise<number> {
    return (await this.#api.get<{ unread_count: number }>("notifications/unread-count", options)).unread_count;
  }

  /** Marks notifications as read. */
  markRead(ids: Iterable<string>, options?: CallOptions): Promise<NotificationsReadState> {
    return this.#api.ask("POST", "notifications/read", { ids: [...ids] }, options);
  }

  /** Marks all notifications as read. */
  markAllRead(options?: CallOptions): Promise<NotificationsReadState> {
    return this.#api.ask("POST", "notifications/read", { all: true }, options);
  }

  /** What the caller wants to be notified of. */
  getPreferences(options?: CallOptions): Promise<NotificationPreferences> {
    return this.#api.get("notifications/preferences", options);
  }

  /** Changes what is given; `quiet_hours: null` ends the quiet hours. */
  changePreferences(change: NotificationPreferenceChange, options?: CallOptions): Promise<NotificationPreferences> {
    return this.#api.ask("PUT", "notifications/preferences", change, options);
  }
}
