// Made by "npm run generate" from the API's description. Do not edit.
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export type components = {
    schemas: {
        /** @description The user who caused it, with their name at that time. */
        ActorView: {
            /** @description The name to show. */
            display_name: string;
            /**
             * Format: int64
             * @description The id of the user.
             */
            user_id: number;
        };
        /**
         * @description The users to add to a group.
         * @example {
         *       "user_ids": [
         *         4,
         *         5
         *       ]
         *     }
         */
        AddMembersRequest: {
            /** @description 1 to 1,000 ids; those of members change nothing. */
            user_ids: number[];
        };
        /** @description A file that belongs to a message. */
        AttachmentView: {
            /** @description Its media type. */
            content_type: string;
            /** @description Its name, as the sender gave it. */
            file_name: string;
            /** @description The id of the file. */
            id: string;
            /**
             * Format: int64
             * @description Its size in bytes.
             */
            size: number;
        };
        /**
         * @description The user to block.
         * @example {
         *       "user_id": 2
         *     }
         */
        BlockBody: {
            /**
             * Format: int64
             * @description The id of the user.
             */
            user_id: number;
        };
        /** @description A page of blocked users. */
        BlockedPage: {
            /** @description The users of this page. */
            blocked: components["schemas"]["BlockView"][];
            /** @description The cursor of the next page; null on the last one. */
            next_cursor: null | string;
            /**
             * Format: int64
             * @description How many there are on all pages.
             */
            total_count: number;
        };
        /** @description A user whom the caller has blocked. */
        BlockView: {
            /**
             * Format: date-time
             * @description When the caller blocked the user.
             */
            blocked_at: string;
            /** @description The name to show. */
            display_name: string;
            /** @description The address of the profile image; null without one. */
            profile_image_url: null | string;
            /** @description What the user says about themselves; null for nothing. */
            status_message: null | string;
            /**
             * Format: int64
             * @description The id of the user.
             */
            user_id: number;
            /** @description The unique name: 3 to 50 letters, digits and underscores. */
            username: string;
        };
        /**
         * @description A change of the caller's e-mail address.
         * @example {
         *       "email": "minji@example.org",
         *       "password": "correct-horse-1"
         *     }
         */
        ChangeEmailRequest: {
            /** @description The new address, of at most 255 characters; required. It counts when it is verified. */
            email: string;
            /** @description The account's password; required. */
            password: string;
        };
        /**
         * @description A change of the caller's password.
         * @example {
         *       "old_password": "correct-horse-1",
         *       "new_password": "battery-staple-2"
         *     }
         */
        ChangePasswordRequest: {
            /** @description Another name of `old_password`. */
            current_password?: null | string;
            /**
             * @description Required: 8 to 128 characters with a letter and a digit, another password than the old one; commonly used ones, and those made of the
             *     account's names, are refused.
             */
            new_password?: null | string;
            /** @description The password until now; required, by this name or as `current_password`. */
            old_password?: null | string;
        };
        /**
         * @description The preferences to change. What is not named stays, and so does what is null, except the quiet hours.
         * @example {
         *       "kinds": {
         *         "system": false
         *       },
         *       "muted_rooms": [
         *         {
         *           "room_id": 1,
         *           "until": "2030-01-01T00:00:00.000000Z"
         *         }
         *       ],
         *       "quiet_hours": {
         *         "start": "22:30",
         *         "end": "07:00",
         *         "time_zone": "Asia/Seoul"
         *       }
         *     }
         */
        ChangePreferencesRequest: {
            /** @description By kind, whether it is wanted; kinds that are not named stay as they are. */
            kinds?: null | {
                [key: string]: boolean;
            };
            /**
             * @description All muted rooms, at most 1,000; an empty list mutes none. They are rooms of the caller; an existing mute may be repeated,
             *     whatever the state of the room.
             */
            muted_rooms?: null | components["schemas"]["MuteView"][];
            /** @description Hours without alerts; null ends them. */
            quiet_hours?: null | components["schemas"]["QuietHoursView"];
        };
        /**
         * @description The settings to change; what is left out stays.
         * @example {
         *       "who_may_message": "friends",
         *       "who_may_add_to_groups": "friends",
         *       "findable_by_email": false
         *     }
         */
        ChangePrivacyRequest: {
            /** @description Whether a search for the whole e-mail address finds the caller. */
            findable_by_email?: null | boolean;
            /**
             * @description Who may add the caller to groups.
             * @enum {null|string}
             */
            who_may_add_to_groups?: "everyone" | "friends" | null;
            /**
             * @description Who may begin a 1:1 room with the caller.
             * @enum {null|string}
             */
            who_may_message?: "everyone" | "friends" | null;
        };
        /**
         * @description The fields to change. A null status clears it; an omitted one stays.
         * @example {
         *       "status_message": "On the wall until six"
         *     }
         */
        ChangeProfileRequest: {
            /** @description The name to show, at most 100 characters. */
            display_name?: null | string;
            /** @description What the user says about themselves, at most 500 characters; null or empty for nothing. */
            status_message?: null | string;
        };
        /**
         * @description The new role of a member.
         * @example {
         *       "role": "admin"
         *     }
         */
        ChangeRoleRequest: {
            /**
             * @description `owner` passes the group on, `admin` may rename it, remove members and delete messages, `member` may read and write.
             * @enum {string}
             */
            role: "owner" | "admin" | "member";
        };
        /**
         * @description A new room.
         * @example {
         *       "participant_ids": [
         *         2,
         *         3
         *       ],
         *       "name": "Climbing",
         *       "room_type": "group"
         *     }
         */
        CreateRoomRequest: {
            /** @description The name of a group, at most 100 characters; null or blank for none. */
            name?: null | string;
            /** @description All members but the caller, who becomes the owner: 1 to 999. */
            participant_ids: number[];
            /**
             * @description `group` or `direct`; by default one participant and no name make a 1:1 room.
             * @enum {null|string}
             */
            room_type?: "group" | "direct" | null;
        };
        /**
         * @description The new text of a message.
         * @example {
         *       "content": "See you at eight?"
         *     }
         */
        EditMessageRequest: {
            /** @description 1 to 4,000 characters. */
            content: string;
        };
        /**
         * @description A request for a new password.
         * @example {
         *       "email": "minji@example.com"
         *     }
         */
        ForgotPasswordRequest: {
            /** @description The account's e-mail address; required. */
            email: string;
        };
        /** @description A page of friends. */
        FriendPage: {
            /** @description The friends of this page. */
            friends: components["schemas"]["FriendView"][];
            /** @description Pass it to the friend stream to continue from this page. A search has none: it shows only some friends. */
            last_event_id?: null | string;
            /** @description The cursor of the next page; null on the last one. */
            next_cursor: null | string;
            /**
             * Format: int64
             * @description How many there are on all pages.
             */
            total_count: number;
        };
        /**
         * @description A friend request.
         * @example {
         *       "target_user_id": 2,
         *       "message": "We met at the wall."
         *     }
         */
        FriendRequestBody: {
            /** @description An optional text for the addressee, at most 500 characters. */
            message?: null | string;
            /**
             * Format: int64
             * @description The addressee; required, by this name, as `user_id_2` or as `to_user_id`.
             */
            target_user_id?: null | number;
            /**
             * Format: int64
             * @description Another name of `target_user_id`.
             */
            to_user_id?: null | number;
            /**
             * Format: int64
             * @description Another name of `target_user_id`.
             */
            user_id_2?: null | number;
        };
        /** @description A friendship or a request has ended. The reason is not disclosed, because it may be a block. */
        FriendshipClosed: {
            /**
             * Format: int64
             * @description The id of the friendship.
             */
            friendship_id: number;
            /**
             * Format: int64
             * @description The other user.
             */
            user_id: number;
            /**
             * Format: int64
             * @description The version of the user's friendships after it.
             */
            version: number;
        };
        /** @description An open friendship or request, as it is now: its status says which of the two. */
        FriendshipOpened: {
            /** @description The friendship. */
            friendship: components["schemas"]["FriendshipView"];
            /**
             * Format: int64
             * @description The version of the user's friendships after it.
             */
            version: number;
        };
        /** @description A friendship or a request, as one of the two users sees it. */
        FriendshipView: {
            /**
             * Format: int64
             * @description The user who received it.
             */
            addressee_id: number;
            /**
             * Format: date-time
             * @description When the request was sent.
             */
            created_at: string;
            /**
             * Format: int64
             * @description The `request_id` of all paths and bodies.
             */
            id: number;
            /** @description What the requester wrote; null for nothing. */
            message: null | string;
            /**
             * Format: int64
             * @description The user who sent the request.
             */
            requester_id: number;
            /**
             * @description `pending` while the request is open, `accepted` while the two are friends, `rejected` by the addressee,
             *     `cancelled` by the requester, `ended` after a friendship.
             * @enum {string}
             */
            status: "pending" | "accepted" | "rejected" | "cancelled" | "ended";
            /**
             * Format: date-time
             * @description When its status last changed.
             */
            updated_at: string;
            /** @description The other user of the two. */
            user: components["schemas"]["PersonView"];
        };
        /** @description An event of the stream of friends and requests. Later versions of the server have more. */
        FriendStreamEvent: components["schemas"]["SseFriendAdded"] | components["schemas"]["SseFriendRemoved"] | components["schemas"]["SseRequestCreated"] | components["schemas"]["SseRequestClosed"] | components["schemas"]["SseReady"] | components["schemas"]["SseReset"] | components["schemas"]["SseHeartbeat"] | components["schemas"]["SseUnavailable"];
        /** @description A friend of the caller. */
        FriendView: {
            /** @description The name to show. */
            display_name: string;
            /**
             * Format: date-time
             * @description When the request was accepted.
             */
            friends_since: string;
            /**
             * Format: int64
             * @description The id of the friendship.
             */
            friendship_id: number;
            /** @description Whether the friend is online; null while the server cannot know it. */
            is_online: null | boolean;
            /**
             * Format: date-time
             * @description When the friend was last online; null while the friend is online, was never seen, or the time is unknown.
             */
            last_seen_at: null | string;
            /** @description The address of the profile image; null without one. */
            profile_image_url: null | string;
            /** @description What the user says about themselves; null for nothing. */
            status_message: null | string;
            /**
             * Format: int64
             * @description The id of the friend.
             */
            user_id: number;
            /** @description The unique name: 3 to 50 letters, digits and underscores. */
            username: string;
        };
        /** @description The health of a service. */
        HealthAnswer: {
            /** @description The name of the service. */
            service: string;
            /**
             * @description `healthy`; with 503 `unhealthy`, or `stopping` while the process shuts down. A gateway before several services is
             *     `degraded` when some of them are not healthy.
             * @enum {string}
             */
            status: "healthy" | "degraded" | "unhealthy" | "stopping";
        };
        /** @description A page of a room's messages, newest first. */
        HistoryPage: {
            /** @description Whether more messages follow in the direction of the request: newer for `after`, older otherwise. */
            has_more: boolean;
            /** @description Open the room's stream with it to continue exactly after this page. */
            last_event_id: string;
            /** @description The messages of this page. */
            messages: components["schemas"]["MessageView"][];
            /** @description The value of `before`, `cursor` (or `after`) for the next page; null on the last one. */
            next_cursor: null | string;
            /**
             * Format: int64
             * @description All messages of the room, deleted ones included.
             */
            total_count: number;
            /**
             * Format: int64
             * @description The room's version that the page shows.
             */
            version: number;
        };
        /** @description The open links of a group, the newest first. */
        InviteLinkList: {
            /** @description The links. */
            invite_links: components["schemas"]["InviteLinkView"][];
        };
        /**
         * @description What a new invite link allows.
         * @example {
         *       "expires_in_hours": 24,
         *       "max_uses": 10
         *     }
         */
        InviteLinkRequest: {
            /**
             * Format: int64
             * @description How long the link is valid: an hour to a year; a week by default.
             */
            expires_in_hours?: null | number;
            /**
             * Format: int64
             * @description How many users may join by it, 1 to 1,000; no limit by default.
             */
            max_uses?: null | number;
        };
        /** @description A link that lets users join a group. */
        InviteLinkView: {
            /** @description For `POST /invite-links/{code}/join`. */
            code: string;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: int64
             * @description The member who made it.
             */
            created_by: number;
            /**
             * Format: date-time
             * @description When it ends.
             */
            expires_at: string;
            /**
             * Format: int64
             * @description For `DELETE /chat-rooms/{room_id}/invite-links/{id}`.
             */
            id: number;
            /**
             * Format: int64
             * @description How many users may join by it; null without a limit.
             */
            max_uses: null | number;
            /**
             * Format: int64
             * @description The group.
             */
            room_id: number;
            /**
             * Format: int64
             * @description How many users have joined by it.
             */
            uses: number;
        };
        /**
         * @description A sign-in.
         * @example {
         *       "email": "minji@example.com",
         *       "password": "correct-horse-1"
         *     }
         */
        LoginRequest: {
            /** @description The account's e-mail address; required, by this name or as `username`. */
            email?: null | string;
            /** @description The account's password; required. */
            password?: null | string;
            /** @description The e-mail address under its OAuth2 name. */
            username?: null | string;
        };
        /**
         * @description What to end beside the session of the access token.
         * @example {
         *       "refresh_token": "the refresh_token of the last answer"
         *     }
         */
        LogoutRequest: {
            /** @description In place of an access token, as in RFC 7009: its session ends. */
            refresh_token?: null | string;
        };
        /**
         * @description How far the caller has read.
         * @example {
         *       "room_id": 1,
         *       "up_to_message_id": "01a1fdf9-6213-7c97-a17f-1c06ed2467a6"
         *     }
         */
        MarkReadRequest: {
            /** @description `true`: all messages of the room. One of the three is required, so that a misspelt one does not read all. */
            all?: null | boolean;
            /** @description 1 to 1,000 ids of messages: the newest of them counts. */
            message_ids?: null | string[];
            /**
             * Format: int64
             * @description The id of the room.
             */
            room_id: number;
            /** @description The same for one message. */
            up_to_message_id?: null | string;
        };
        /** @description A member has joined, left or got another role. */
        MemberEvent: {
            /**
             * @description What has happened.
             * @enum {string}
             */
            change: "joined" | "left" | "role";
            /**
             * @description The role from now on; null for a user who left.
             * @enum {null|string}
             */
            role: "owner" | "admin" | "member" | null;
            /**
             * Format: int64
             * @description The room.
             */
            room_id: number;
            /**
             * Format: int64
             * @description The id of the user.
             */
            user_id: number;
            /** @description The unique name: 3 to 50 letters, digits and underscores. */
            username: string;
            /**
             * Format: int64
             * @description The room's change counter after it.
             */
            version: number;
        };
        /** @description A member of a room, as the other members see them. */
        MemberView: {
            /** @description The name to show. */
            display_name: string;
            /**
             * Format: date-time
             * @description When they joined.
             */
            joined_at: string;
            /**
             * Format: int64
             * @description The `seq` of the message after which they joined.
             */
            joined_seq: number;
            /** @description The address of the profile image; null without one. */
            profile_image_url: null | string;
            /**
             * Format: int64
             * @description The `seq` of the message up to which they have read.
             */
            read_seq: number;
            /**
             * @description `owner` may do everything, also delete the group; `admin` may rename it, remove members and delete messages; `member` may
             *     read and write.
             * @enum {string}
             */
            role: "owner" | "admin" | "member";
            /**
             * Format: int64
             * @description The id of the user.
             */
            user_id: number;
            /** @description The unique name: 3 to 50 letters, digits and underscores. */
            username: string;
        };
        /** @description A message is new or has changed: store it by its id, and overwrite. */
        MessageEvent: {
            /** @description The whole message, as of that moment. */
            message: components["schemas"]["MessageView"];
            /**
             * Format: int64
             * @description The room.
             */
            room_id: number;
            /**
             * Format: int64
             * @description The room's change counter after it.
             */
            version: number;
        };
        /** @description A member has read up to a message. */
        MessagesRead: {
            /** @description The message at that position. */
            message_id: string;
            /**
             * Format: int64
             * @description The place of the message.
             */
            read_seq: number;
            /**
             * Format: int64
             * @description The room.
             */
            room_id: number;
            /**
             * Format: int64
             * @description The member.
             */
            user_id: number;
            /**
             * Format: int64
             * @description The room's change counter after it.
             */
            version: number;
        };
        /** @description A message as clients see it, in responses, on streams and in events. A deleted message keeps its place and loses its content. */
        MessageView: {
            /** @description Its file; null without one. */
            attachment: null | components["schemas"]["AttachmentView"];
            /** @description The id that its sender gave it; null for none. */
            client_message_id: null | string;
            /** @description The text; empty when deleted. */
            content: string;
            /**
             * Format: date-time
             * @description When it was stored.
             */
            created_at: string;
            /**
             * Format: date-time
             * @description When it was deleted; null for never.
             */
            deleted_at: null | string;
            /**
             * Format: date-time
             * @description When its author last changed it; null for never.
             */
            edited_at: null | string;
            /** @description A UUIDv7. */
            id: string;
            /** @description Whether it was deleted. */
            is_deleted: boolean;
            /** @description Whether its author has changed it. */
            is_edited: boolean;
            /**
             * @description `text`, `image`, `file`; or `system`, which the server writes: a user has joined, the name has changed.
             * @enum {string}
             */
            message_type: "text" | "image" | "file" | "system";
            /** @description By emoji, in the order in which they came. */
            reactions: components["schemas"]["ReactionView"][];
            /**
             * Format: int32
             * @description How many other members have read it.
             */
            read_by_count: number;
            /** @description The id of the message to which it replies; null for none. */
            reply_to: null | string;
            /**
             * Format: int64
             * @description The room.
             */
            room_id: number;
            /**
             * Format: int64
             * @description The place among the room's messages: 1, 2, 3 … without gaps.
             */
            seq: number;
            /**
             * Format: int32
             * @description How many members have not read it yet.
             */
            unread_by_count: number;
            /**
             * Format: date-time
             * @description When it last changed.
             */
            updated_at: string;
            /**
             * Format: int64
             * @description The author.
             */
            user_id: number;
            /** @description The author's username. */
            username: string;
            /**
             * Format: int64
             * @description The room's change counter at the last change of this message.
             */
            version: number;
        };
        /** @description A room without notifications. */
        MuteView: {
            /**
             * Format: int64
             * @description The id of the room; required.
             */
            room_id: number;
            /**
             * Format: date-time
             * @description When it ends: a time with its offset. Null: when it is removed.
             */
            until: null | string;
        };
        /** @description A notification is new or has changed: store it by its id, and overwrite. */
        NotificationEvent: {
            /**
             * @description Whether the client may alert its user: true once, when the notification is first sent; never in quiet hours, nor if it has been read
             *     meanwhile.
             */
            alert: boolean;
            /** @description The whole notification. */
            notification: components["schemas"]["NotificationView"];
            /**
             * Format: int64
             * @description How many are unread after it.
             */
            unread_count: number;
            /**
             * Format: int64
             * @description The version of the user's notifications after it.
             */
            version: number;
        };
        /** @description A page of the caller's notifications, newest first. */
        NotificationPage: {
            /** @description Pass it to the stream to continue from exactly this page. */
            last_event_id: string;
            /** @description Pass it as `before` or `cursor` (or `after`, if that was given) to get the next page; null on the last one. */
            next_cursor: null | string;
            /** @description The notifications of this page. */
            notifications: components["schemas"]["NotificationView"][];
            /**
             * Format: int64
             * @description All that match the filter.
             */
            total_count: number;
            /**
             * Format: int64
             * @description All unread ones, whatever the filter.
             */
            unread_count: number;
            /**
             * Format: int64
             * @description The change counter of the caller's notifications at the time of the page.
             */
            version: number;
        };
        /** @description A notification was deleted. */
        NotificationRemoved: {
            /** @description The id of the notification. */
            id: string;
            /**
             * Format: int64
             * @description How many are unread after it.
             */
            unread_count: number;
            /**
             * Format: int64
             * @description The version of the user's notifications after it.
             */
            version: number;
        };
        /** @description Notifications were read, here or on another device. */
        NotificationsRead: {
            /** @description The ids of the notifications. */
            ids: string[];
            /**
             * Format: date-time
             * @description When; also the time of their last change.
             */
            read_at: string;
            /**
             * Format: int64
             * @description How many are unread after it.
             */
            unread_count: number;
            /**
             * Format: int64
             * @description The version of the user's notifications after it.
             */
            version: number;
        };
        /** @description An event of the stream of notifications. Later versions of the server have more. */
        NotificationStreamEvent: components["schemas"]["SseNotificationCreated"] | components["schemas"]["SseNotificationUpdated"] | components["schemas"]["SseNotificationRead"] | components["schemas"]["SseNotificationRemoved"] | components["schemas"]["SseReady"] | components["schemas"]["SseReset"] | components["schemas"]["SseHeartbeat"] | components["schemas"]["SseUnavailable"];
        /** @description A notification as its user sees it, in lists and on the stream. */
        NotificationView: {
            /** @description The user who caused it; null for the server. */
            actor: null | components["schemas"]["ActorView"];
            /**
             * Format: int32
             * @description The number of messages, or of groups of an invitation, that it stands for.
             */
            count: number;
            /**
             * Format: date-time
             * @description When it was made.
             */
            created_at: string;
            /**
             * Format: int64
             * @description The friendship; null for none.
             */
            friendship_id: null | number;
            /**
             * Format: date-time
             * @description The time of the newest event in it; the order of lists.
             */
            happened_at: string;
            /** @description For `POST /notifications/read`. */
            id: string;
            /** @description Whether it was read. */
            is_read: boolean;
            /**
             * @description `friend_request`: a user asks for a friendship. `friend_accepted`: a user has accepted the caller's request. `message`:
             *     unread messages of a room. `mention`: a message names the caller. `group_invite`: a user has added the caller to groups.
             *     `system`: the server tells something.
             * @enum {string}
             */
            kind: "friend_request" | "friend_accepted" | "message" | "mention" | "group_invite" | "system";
            /** @description The newest message that it stands for; null for none. */
            message_id: null | string;
            /** @description The beginning of the written text: at most 100 characters on one line; null for none. */
            preview: null | string;
            /**
             * Format: date-time
             * @description When it was read; null for not yet.
             */
            read_at: null | string;
            /**
             * Format: int64
             * @description The room; null for none.
             */
            room_id: null | number;
            /**
             * Format: int64
             * @description The place of that message in the room.
             */
            seq: null | number;
            /** @description One line of text. */
            title: string;
            /**
             * Format: date-time
             * @description When it last changed.
             */
            updated_at: string;
        };
        /** @description Whether a user is online, as one viewer may see it. Hidden presence looks like offline and never seen. */
        OnlineStatus: {
            /** @description Null while it is unknown. */
            is_online: null | boolean;
            /**
             * Format: date-time
             * @description Null while online, for a user who never was, where it is hidden, and while it is unknown.
             */
            last_seen_at: null | string;
            /**
             * Format: int64
             * @description The id of the user.
             */
            user_id: number;
        };
        /** @description Several statuses at one point in time. */
        OnlineStatusesView: {
            /** @description Pass it to the online-status stream to continue from exactly this point. */
            last_event_id: string;
            /** @description Those of the users that exist, each once, in the order of the request. */
            statuses: components["schemas"]["OnlineStatusView"][];
        };
        /**
         * @description A user's presence as the caller may see it. Only friends without a block between them see each other's presence. To all others a user
         *     looks offline and never seen, the same as a user who was never online.
         */
        OnlineStatusView: {
            /** @description Only for the caller: whether they are invisible. */
            invisible?: null | boolean;
            /** @description Whether the user is online; null while the server cannot know it. */
            is_online: null | boolean;
            /**
             * Format: date-time
             * @description When the user was last online; null while online, if never online, if hidden, and while unknown.
             */
            last_seen_at: null | string;
            /**
             * Format: int64
             * @description The user.
             */
            user_id: number;
        };
        /** @description Open requests of both directions. Each direction has its own pages; one cursor covers both. */
        OpenRequestsPage: {
            /** @description Pass it to the friend stream to continue from exactly this page. */
            last_event_id: string;
            /** @description The cursor of the next page; null on the last one. */
            next_cursor: null | string;
            /** @description Those that the caller has received. */
            received: components["schemas"]["FriendshipView"][];
            /**
             * Format: int64
             * @description How many were received, on all pages.
             */
            received_count: number;
            /** @description Those that the caller has sent. */
            sent: components["schemas"]["FriendshipView"][];
            /**
             * Format: int64
             * @description How many were sent, on all pages.
             */
            sent_count: number;
            /**
             * Format: int64
             * @description The sum of both.
             */
            total_count: number;
        };
        /** @description A member of a room by the names of the API that this one follows. */
        ParticipantView: {
            /**
             * Format: int64
             * @description The id of the user.
             */
            id?: number;
            /** @description The unique name: 3 to 50 letters, digits and underscores. */
            username?: string;
        };
        /** @description A page of the requests that wait for the caller's answer. */
        PendingRequestsPage: {
            /** @description The cursor of the next page; null on the last one. */
            next_cursor: null | string;
            /** @description The requests of this page. */
            requests: components["schemas"]["FriendshipView"][];
            /**
             * Format: int64
             * @description How many there are on all pages.
             */
            total_count: number;
        };
        /** @description The public profile of a user. */
        PersonView: {
            /** @description The name to show. */
            display_name: string;
            /** @description The address of the profile image; null without one. */
            profile_image_url: null | string;
            /** @description What the user says about themselves; null for nothing. */
            status_message: null | string;
            /**
             * Format: int64
             * @description The id of the user.
             */
            user_id: number;
            /** @description The unique name: 3 to 50 letters, digits and underscores. */
            username: string;
        };
        /** @description The pinned messages of a room, newest pin first. */
        PinList: {
            /** @description The pins. */
            pins: components["schemas"]["PinView"][];
            /**
             * Format: int64
             * @description The room's version that the list shows; a `room` event of a later version may have changed it.
             */
            version: number;
        };
        /** @description A pinned message. */
        PinView: {
            /** @description The message. */
            message: components["schemas"]["MessageView"];
            /**
             * Format: date-time
             * @description When it was pinned.
             */
            pinned_at: string;
            /**
             * Format: int64
             * @description The member who pinned it.
             */
            pinned_by: number;
        };
        /** @description Which notifications a user wants. It is a valid request that changes nothing, too. */
        PreferencesView: {
            /** @description By kind, whether it is wanted; by default all are. */
            kinds: {
                [key: string]: boolean;
            };
            /** @description Rooms of the caller whose messages do not notify; mentions still do. */
            muted_rooms: components["schemas"]["MuteView"][];
            /** @description Hours without alerts; null: none. */
            quiet_hours: null | components["schemas"]["QuietHoursView"];
        };
        /** @description An event of the stream of friends' presence. Later versions of the server have more. */
        PresenceStreamEvent: components["schemas"]["SsePresence"] | components["schemas"]["SseReady"] | components["schemas"]["SseReset"] | components["schemas"]["SseHeartbeat"] | components["schemas"]["SseUnavailable"];
        /** @description Who may reach the caller. */
        PrivacyView: {
            /** @description Whether a search for the whole e-mail address finds the caller. */
            findable_by_email: boolean;
            /**
             * @description Who may add the caller to groups.
             * @enum {string}
             */
            who_may_add_to_groups: "everyone" | "friends";
            /**
             * @description Who may begin a 1:1 room with the caller.
             * @enum {string}
             */
            who_may_message: "everyone" | "friends";
        };
        ProblemDetails: {
            /** @description What went wrong, for programs; it never changes. */
            code?: string;
            /** @description What went wrong, for people. */
            detail?: null | string;
            /** @description Of a 422: what is wrong, by field. */
            errors?: {
                [key: string]: string[];
            };
            /** @description Of a 409: what is taken already. */
            field?: string;
            /** @description Not used. */
            instance?: null | string;
            /**
             * Format: int32
             * @description The status of the response.
             */
            status?: null | number;
            /** @description What the status means. */
            title?: null | string;
            /** @description By this the server's log knows the request. */
            trace_id?: string;
            /** @description The kind of problem, by its code. */
            type?: null | string;
            /** @description Of a 403 not_allowed_by_privacy: the users who do not let the caller do this. */
            user_ids?: number[];
        };
        /** @description Hours without alerts. All three are required. */
        QuietHoursView: {
            /** @description `HH:mm`; exclusive. Before the start: on the next day. */
            end: string;
            /** @description `HH:mm` in the local time of the zone; inclusive. */
            start: string;
            /** @description An IANA name such as `Asia/Seoul`; given back as the canonical name of the zone. */
            time_zone: string;
        };
        /** @description A user added an emoji to a message, or removed it. */
        ReactionChanged: {
            /**
             * @description `added` or `removed`.
             * @enum {string}
             */
            change: "added" | "removed";
            /** @description The emoji. */
            emoji: string;
            /** @description The message. */
            message_id: string;
            /**
             * Format: int64
             * @description The room.
             */
            room_id: number;
            /**
             * Format: int64
             * @description The message's place in the room.
             */
            seq: number;
            /**
             * Format: int64
             * @description The user.
             */
            user_id: number;
            /**
             * Format: int64
             * @description The room's change counter after it, and the message's.
             */
            version: number;
        };
        /**
         * @description A reaction to a message.
         * @example {
         *       "emoji": "👍"
         *     }
         */
        ReactionRequest: {
            /** @description One emoji; the selector U+FE0F makes no difference. */
            emoji: string;
        };
        /** @description One emoji on a message, with the users who added it in the order in which they did. */
        ReactionView: {
            /**
             * Format: int32
             * @description How many users added it.
             */
            count: number;
            /** @description The emoji. */
            emoji: string;
            /** @description Who added it, in the order in which they did. */
            user_ids: number[];
        };
        /** @description What is read. */
        ReadAnswer: {
            /**
             * Format: int64
             * @description How many of them were unread before.
             */
            read_count: number;
            /**
             * Format: int64
             * @description How many are left.
             */
            unread_count: number;
        };
        /**
         * @description The notifications to mark as read: `ids` or `all`, one of the two.
         * @example {
         *       "ids": [
         *         "01a1fdf9-6213-7c97-a17f-1c06ed2467a6"
         *       ]
         *     }
         */
        ReadRequest: {
            /** @description `true`: all of the caller's. */
            all?: null | boolean;
            /** @description 1 to 1,000 ids; ids of other users and of read notifications are ignored. */
            ids?: null | string[];
        };
        /** @description How far the caller has read a room. */
        ReadState: {
            /**
             * Format: int64
             * @description The `seq` of the message up to which they have read.
             */
            read_seq: number;
            /**
             * Format: int64
             * @description The room.
             */
            room_id: number;
            /**
             * Format: int64
             * @description How many messages are left.
             */
            unread_count: number;
        };
        /**
         * @description The session to renew.
         * @example {
         *       "refresh_token": "the refresh_token of the last answer"
         *     }
         */
        RefreshRequest: {
            /** @description The `refresh_token` of the last answer. */
            refresh_token: string;
        };
        /**
         * @description A new account.
         * @example {
         *       "email": "minji@example.com",
         *       "username": "minji",
         *       "password": "correct-horse-1",
         *       "display_name": "민지"
         *     }
         */
        RegisterRequest: {
            /** @description The name to show, at most 100 characters; the username without one. */
            display_name?: null | string;
            /** @description A valid address of at most 255 characters, unique without regard to case. */
            email: string;
            /** @description 8 to 128 characters with a letter and a digit; commonly used ones, and those made of the account's names, are refused. */
            password: string;
            /** @description 3 to 50 letters, digits and underscores, unique without regard to case. */
            username: string;
        };
        /**
         * @description The new name of a group.
         * @example {
         *       "name": "Climbing on Sundays"
         *     }
         */
        RenameRoomRequest: {
            /** @description 1 to 100 characters. */
            name: string;
        };
        /**
         * @description The answer to a friend request.
         * @example {
         *       "action": "accept"
         *     }
         */
        RequestAction: {
            /**
             * @description `accept` makes the two friends, `reject` ends the request.
             * @enum {string}
             */
            action: "accept" | "reject";
        };
        /**
         * @description Identifies a request by its id or by its sender: exactly one of the two, so that none is overlooked.
         * @example {
         *       "requester_id": 1
         *     }
         */
        RequestReference: {
            /**
             * Format: int64
             * @description The `id` of the request.
             */
            request_id?: null | number;
            /**
             * Format: int64
             * @description The user who sent it.
             */
            requester_id?: null | number;
        };
        /**
         * @description A request for another mail that verifies an address.
         * @example {
         *       "email": "minji@example.com"
         *     }
         */
        ResendVerificationRequest: {
            /** @description The address that is not verified yet; required. */
            email: string;
        };
        /**
         * @description A new password in place of a forgotten one.
         * @example {
         *       "token": "kW3mJ0xVq7nYb2sD9fGh4tRz8uLcP1eA6oXiN5jKvMw",
         *       "new_password": "battery-staple-2"
         *     }
         */
        ResetPasswordRequest: {
            /** @description Required: 8 to 128 characters with a letter and a digit; commonly used ones, and those made of the account's names, are refused. */
            new_password: string;
            /** @description What the mail brought; required. It works once. */
            token: string;
        };
        /** @description The room has another name or other pins, or is new to the caller. */
        RoomEvent: {
            /** @description The room as it is now. */
            room: components["schemas"]["RoomInfo"];
            /**
             * Format: int64
             * @description The room.
             */
            room_id: number;
            /**
             * Format: int64
             * @description The room's change counter after it; of a new room the one before the changes that follow.
             */
            version: number;
        };
        /** @description What a stream says of a room. */
        RoomInfo: {
            /**
             * Format: date-time
             * @description When it was created.
             */
            created_at: string;
            /**
             * Format: int64
             * @description The id of the room in all requests.
             */
            id: number;
            /**
             * Format: int32
             * @description How many members it has.
             */
            member_count: number;
            /** @description The name of a group; null without one, and for a 1:1 room, which is called by the other user's name. */
            name: null | string;
            /**
             * @description `direct`: a room of two. `group`: a group of up to 1,000.
             * @enum {string}
             */
            room_type: "group" | "direct";
            /**
             * Format: date-time
             * @description When its name or its members last changed.
             */
            updated_at: string;
        };
        /** @description A page of the caller's rooms, latest activity first. */
        RoomPage: {
            /** @description The cursor of the next page; null on the last one. */
            next_cursor: null | string;
            /** @description The rooms of this page. */
            rooms: components["schemas"]["RoomView"][];
            /**
             * Format: int32
             * @description How many there are on all pages.
             */
            total_count: number;
        };
        /** @description An event of the streams of rooms. Later versions of the server have more. */
        RoomStreamEvent: components["schemas"]["SseMessageCreated"] | components["schemas"]["SseMessageUpdated"] | components["schemas"]["SseMessageDeleted"] | components["schemas"]["SseReactionChanged"] | components["schemas"]["SseRead"] | components["schemas"]["SseMember"] | components["schemas"]["SseRoom"] | components["schemas"]["SseTyping"] | components["schemas"]["SseReady"] | components["schemas"]["SseReset"] | components["schemas"]["SseHeartbeat"] | components["schemas"]["SseUnavailable"];
        /** @description What is left to read in a room. */
        RoomUnread: {
            /**
             * Format: int64
             * @description The room.
             */
            room_id: number;
            /**
             * Format: int64
             * @description How many messages the caller has not read.
             */
            unread_count: number;
        };
        /** @description A room as one of its members sees it. */
        RoomView: {
            /**
             * Format: date-time
             * @description When it was created.
             */
            created_at: string;
            /**
             * Format: int64
             * @description The user who created it.
             */
            created_by: number;
            /**
             * Format: int64
             * @description The id of the room in all requests.
             */
            id: number;
            /**
             * Format: date-time
             * @description The order of lists: newest first.
             */
            last_activity_at: string;
            /** @description The newest message; null in an empty room. */
            last_message: null | components["schemas"]["MessageView"];
            /**
             * Format: int64
             * @description The `seq` of the newest message.
             */
            last_seq: number;
            /**
             * Format: int32
             * @description How many members it has.
             */
            member_count: number;
            /** @description All of them for a single room; the first 50 in lists. */
            members: components["schemas"]["MemberView"][];
            /** @description The name of a group; null without one, and for a 1:1 room, which is called by the other user's name. */
            name: null | string;
            /** @description The same users as the members. */
            participants?: null | components["schemas"]["ParticipantView"][];
            /**
             * @description `direct`: a room of two. `group`: a group of up to 1,000.
             * @enum {string}
             */
            room_type: "group" | "direct";
            /**
             * Format: int64
             * @description How many messages the caller has not read, their own not counted.
             */
            unread_count: number;
            /**
             * Format: date-time
             * @description When its name or its members last changed.
             */
            updated_at: string;
            /**
             * Format: int64
             * @description How many changes the room has had: events of a stream with this version or a lower one are in it already.
             */
            version: number;
        };
        /** @description A page of found users, best matches first. */
        SearchResponse: {
            /** @description The cursor of the next page; null on the last one. */
            next_cursor: null | string;
            /**
             * Format: int32
             * @description How many users match: 1,000 where 1,000 users or more match; the results end there, too.
             */
            total_count: number;
            /** @description The users of this page. */
            users: components["schemas"]["UserResponse"][];
        };
        /**
         * @description A message to send.
         * @example {
         *       "content": "See you at seven?",
         *       "message_type": "text",
         *       "client_message_id": "4f9a2c61"
         *     }
         */
        SendMessageRequest: {
            /** @description Reserved for files: must be null. */
            attachment_id?: null | string;
            /** @description Makes sending idempotent: the same id in the same room returns the first message again. 1 to 100 characters. */
            client_message_id?: null | string;
            /** @description 1 to 4,000 characters. */
            content: string;
            /**
             * @description What the content is about; `text` by default.
             * @enum {null|string}
             */
            message_type?: "text" | "image" | "file" | null;
            /** @description The id of the message of this room to which it replies. */
            reply_to?: null | string;
            /**
             * Format: int64
             * @description The room; required where the path does not contain it.
             */
            room_id?: null | number;
        };
        /** @description A device that is signed in. */
        SessionResponse: {
            /**
             * Format: date-time
             * @description When it signed in.
             */
            created_at: string;
            /** @description Whether it is the session of this request. */
            current: boolean;
            /**
             * Format: date-time
             * @description When it ends unless it renews its tokens.
             */
            expires_at: string;
            /**
             * Format: int64
             * @description For `DELETE /auth/sessions/{id}`.
             */
            id: number;
            /** @description The address of the sign-in; null if unknown. */
            ip_address: null | string;
            /**
             * Format: date-time
             * @description When it last renewed its tokens.
             */
            last_used_at: string;
            /** @description What the device called itself; null if it did not. */
            user_agent: null | string;
        };
        /** @description A page of the devices that are signed in. */
        SessionsResponse: {
            /** @description The cursor of the next page; null on the last one. */
            next_cursor: null | string;
            /** @description The sessions of this page. */
            sessions: components["schemas"]["SessionResponse"][];
        };
        /** @description The answer to a sign-in. */
        SignInResponse: {
            /** @description For the header `Authorization: Bearer` of all requests. */
            access_token: string;
            /** @description To be sent at the next sign-in: a lock of the account does not concern this device. */
            device_token: string;
            /**
             * Format: int32
             * @description The lifetime of the access token in seconds.
             */
            expires_in: number;
            /** @description For the next tokens of the session; it is used once. */
            refresh_token: string;
            /**
             * @description How the access token is used (RFC 6750).
             * @enum {string}
             */
            token_type: "bearer";
            /**
             * Format: int64
             * @description The user who is signed in.
             */
            user_id: number;
        };
        /** @description There is a friend; the request with that id is accepted. */
        SseFriendAdded: {
            /** @description There is a friend; the request with that id is accepted. */
            data: components["schemas"]["FriendshipOpened"];
            /**
             * @description The name of the event. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            event: "friend.added";
            /** @description The place in the stream, for Last-Event-ID. */
            id?: string;
        };
        /** @description A friendship has ended. */
        SseFriendRemoved: {
            /** @description A friendship has ended. */
            data: components["schemas"]["FriendshipClosed"];
            /**
             * @description The name of the event. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            event: "friend.removed";
            /** @description The place in the stream, for Last-Event-ID. */
            id?: string;
        };
        /** @description The stream is still there; only with `heartbeat=event`. */
        SseHeartbeat: {
            /** @description The stream is still there; only with `heartbeat=event`. */
            data: components["schemas"]["StreamHeartbeat"];
            /**
             * @description The name of the event. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            event: "heartbeat";
            /** @description The place in the stream, for Last-Event-ID. */
            id?: string;
        };
        /** @description A member has joined, left or got another role. */
        SseMember: {
            /** @description A member has joined, left or got another role. */
            data: components["schemas"]["MemberEvent"];
            /**
             * @description The name of the event. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            event: "member";
            /** @description The place in the stream, for Last-Event-ID. */
            id?: string;
        };
        /** @description A message is new. Its author has read up to it. */
        SseMessageCreated: {
            /** @description A message is new. Its author has read up to it. */
            data: components["schemas"]["MessageEvent"];
            /**
             * @description The name of the event. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            event: "message.created";
            /** @description The place in the stream, for Last-Event-ID. */
            id?: string;
        };
        /** @description The content of a message is removed, and its pin. */
        SseMessageDeleted: {
            /** @description The content of a message is removed, and its pin. */
            data: components["schemas"]["MessageEvent"];
            /**
             * @description The name of the event. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            event: "message.deleted";
            /** @description The place in the stream, for Last-Event-ID. */
            id?: string;
        };
        /** @description A message was edited, or its reactions have changed and only the whole message is known. */
        SseMessageUpdated: {
            /** @description A message was edited, or its reactions have changed and only the whole message is known. */
            data: components["schemas"]["MessageEvent"];
            /**
             * @description The name of the event. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            event: "message.updated";
            /** @description The place in the stream, for Last-Event-ID. */
            id?: string;
        };
        /** @description A notification is new. */
        SseNotificationCreated: {
            /** @description A notification is new. */
            data: components["schemas"]["NotificationEvent"];
            /**
             * @description The name of the event. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            event: "notification.created";
            /** @description The place in the stream, for Last-Event-ID. */
            id?: string;
        };
        /** @description Notifications were read, here or on another device. */
        SseNotificationRead: {
            /** @description Notifications were read, here or on another device. */
            data: components["schemas"]["NotificationsRead"];
            /**
             * @description The name of the event. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            event: "notification.read";
            /** @description The place in the stream, for Last-Event-ID. */
            id?: string;
        };
        /** @description A notification was deleted. */
        SseNotificationRemoved: {
            /** @description A notification was deleted. */
            data: components["schemas"]["NotificationRemoved"];
            /**
             * @description The name of the event. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            event: "notification.removed";
            /** @description The place in the stream, for Last-Event-ID. */
            id?: string;
        };
        /** @description A notification has changed. */
        SseNotificationUpdated: {
            /** @description A notification has changed. */
            data: components["schemas"]["NotificationEvent"];
            /**
             * @description The name of the event. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            event: "notification.updated";
            /** @description The place in the stream, for Last-Event-ID. */
            id?: string;
        };
        /** @description A friend came online, went offline, was added or removed. */
        SsePresence: {
            /** @description A friend came online, went offline, was added or removed. */
            data: components["schemas"]["OnlineStatus"];
            /**
             * @description The name of the event. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            event: "presence";
            /** @description The place in the stream, for Last-Event-ID. */
            id?: string;
        };
        /** @description A user has added an emoji to a message, or taken it away. */
        SseReactionChanged: {
            /** @description A user has added an emoji to a message, or taken it away. */
            data: components["schemas"]["ReactionChanged"];
            /**
             * @description The name of the event. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            event: "reaction.changed";
            /** @description The place in the stream, for Last-Event-ID. */
            id?: string;
        };
        /** @description A member has read up to a message. */
        SseRead: {
            /** @description A member has read up to a message. */
            data: components["schemas"]["MessagesRead"];
            /**
             * @description The name of the event. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            event: "read";
            /** @description The place in the stream, for Last-Event-ID. */
            id?: string;
        };
        /** @description The first event: the stream has begun. */
        SseReady: {
            /** @description The first event: the stream has begun. */
            data: components["schemas"]["StreamReady"];
            /**
             * @description The name of the event. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            event: "ready";
            /** @description The place in the stream, for Last-Event-ID. */
            id?: string;
        };
        /** @description A request is not open any more. */
        SseRequestClosed: {
            /** @description A request is not open any more. */
            data: components["schemas"]["FriendshipClosed"];
            /**
             * @description The name of the event. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            event: "request.closed";
            /** @description The place in the stream, for Last-Event-ID. */
            id?: string;
        };
        /** @description There is an open request, sent or received. */
        SseRequestCreated: {
            /** @description There is an open request, sent or received. */
            data: components["schemas"]["FriendshipOpened"];
            /**
             * @description The name of the event. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            event: "request.created";
            /** @description The place in the stream, for Last-Event-ID. */
            id?: string;
        };
        /** @description The client starts over. */
        SseReset: {
            /** @description The client starts over. */
            data: components["schemas"]["StreamReset"];
            /**
             * @description The name of the event. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            event: "reset";
            /** @description The place in the stream, for Last-Event-ID. */
            id?: string;
        };
        /** @description The room has another name or other pins, or is new to the caller. */
        SseRoom: {
            /** @description The room has another name or other pins, or is new to the caller. */
            data: components["schemas"]["RoomEvent"];
            /**
             * @description The name of the event. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            event: "room";
            /** @description The place in the stream, for Last-Event-ID. */
            id?: string;
        };
        /** @description A member types, or has stopped. */
        SseTyping: {
            /** @description A member types, or has stopped. */
            data: components["schemas"]["TypingEvent"];
            /**
             * @description The name of the event. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            event: "typing";
            /** @description The place in the stream, for Last-Event-ID. */
            id?: string;
        };
        /** @description The stream cannot begin now, and ends at once; only for an EventSource with the cookie. */
        SseUnavailable: {
            /** @description The stream cannot begin now, and ends at once; only for an EventSource with the cookie. */
            data: components["schemas"]["StreamUnavailable"];
            /**
             * @description The name of the event. (enum property replaced by openapi-typescript)
             * @enum {string}
             */
            event: "unavailable";
            /** @description The place in the stream, for Last-Event-ID. */
            id?: string;
        };
        /** @description The stream is still there; only with `heartbeat=event`. */
        StreamHeartbeat: Record<string, never>;
        /** @description The stream is open. With `resumed` what was missed follows. */
        StreamReady: {
            /** @description Whether it goes on after an event of before. */
            resumed: boolean;
            /**
             * Format: int64
             * @description The room, on a stream of one room.
             */
            room_id?: null | number;
            /**
             * Format: int64
             * @description How many notifications are unread, on their stream.
             */
            unread_count?: null | number;
            /**
             * Format: int64
             * @description The version of what the stream is about; of all rooms a sum, which says nothing.
             */
            version: number;
        };
        /** @description What was missed cannot be sent: take a snapshot, and go on with the events after it. */
        StreamReset: {
            /**
             * @description Such as `too_far`, `too_large`, `slow_consumer`; or `room_deleted`, after which there is no
             *                 snapshot.
             */
            reason: string;
            /**
             * Format: int64
             * @description The room that it is about; absent where it is about the whole stream.
             */
            room_id?: null | number;
            /** @description The path of the snapshot. */
            start_over: string;
            /**
             * Format: int64
             * @description How many notifications are unread, on their stream.
             */
            unread_count?: null | number;
            /**
             * Format: int64
             * @description The version of the place at which the stream goes on.
             */
            version: number;
        };
        /** @description A ticket that opens one stream. */
        StreamTicketResponse: {
            /**
             * Format: int32
             * @description The lifetime of the ticket in seconds.
             */
            expires_in: number;
            /** @description For the query parameter `ticket` of a stream. */
            ticket: string;
        };
        /** @description The stream cannot begin now, and ends at once; only for an EventSource with the cookie. */
        StreamUnavailable: {
            /** @description The `code` of the error in whose place it comes. */
            code: string;
            /**
             * Format: int32
             * @description In so many seconds the EventSource comes back.
             */
            retry_after: number;
        };
        /** @description The tokens of a session. */
        TokenResponse: {
            /** @description For the header `Authorization: Bearer` of all requests. */
            access_token: string;
            /**
             * Format: int32
             * @description The lifetime of the access token in seconds.
             */
            expires_in: number;
            /** @description For the next tokens of the session; it is used once. */
            refresh_token: string;
            /**
             * @description How the access token is used (RFC 6750).
             * @enum {string}
             */
            token_type: "bearer";
            /**
             * Format: int64
             * @description The user who is signed in.
             */
            user_id: number;
        };
        /** @description A member types, or has stopped. It is not replayed, and no change of the room. */
        TypingEvent: {
            /**
             * Format: date-time
             * @description When a client removes the indicator unless it receives another event; null when the typing has ended.
             */
            expires_at: null | string;
            /** @description Whether they type. */
            is_typing: boolean;
            /**
             * Format: int64
             * @description The room.
             */
            room_id: number;
            /**
             * Format: int64
             * @description The id of the user.
             */
            user_id: number;
            /** @description The unique name: 3 to 50 letters, digits and underscores. */
            username: string;
            /**
             * Format: int64
             * @description The room's version at that time; typing does not change it.
             */
            version: number;
        };
        /** @description What is left to read. */
        UnreadCount: {
            /**
             * Format: int64
             * @description How many of the caller's notifications are unread.
             */
            unread_count: number;
        };
        /**
         * @description The users to look up.
         * @example {
         *       "user_ids": [
         *         1,
         *         2,
         *         3
         *       ]
         *     }
         */
        UserBatchRequest: {
            /** @description At most 100 ids. */
            user_ids: number[];
        };
        /** @description Whether there is a user. */
        UserExistsResponse: {
            /** @description Whether a user has this id. */
            exists: boolean;
            /**
             * Format: int64
             * @description The id that was asked for.
             */
            user_id: number;
        };
        /** @description A user as others see them; the user's own view includes the e-mail address and whether it is verified. */
        UserResponse: {
            /**
             * Format: date-time
             * @description When the user registered.
             */
            created_at: string;
            /** @description The name to show. */
            display_name: string;
            /** @description The e-mail address, in the caller's own profile only. */
            email?: null | string;
            /** @description Whether the user has shown that they read the mails of that address; in the caller's own profile only. */
            email_verified?: null | boolean;
            /**
             * Format: int64
             * @description The id of the user in all requests.
             */
            id: number;
            /** @description The address of the profile image; null without one. */
            profile_image_url: null | string;
            /** @description What the user says about themselves; null for nothing. */
            status_message: null | string;
            /**
             * Format: date-time
             * @description When the profile last changed.
             */
            updated_at: string;
            /** @description The unique name: 3 to 50 letters, digits and underscores. */
            username: string;
        };
        /** @description Several users. */
        UsersResponse: {
            /** @description Those that exist, each once, in the order of the request. */
            users: components["schemas"]["UserResponse"][];
        };
        /**
         * @description The proof that an address is the user's.
         * @example {
         *       "token": "kW3mJ0xVq7nYb2sD9fGh4tRz8uLcP1eA6oXiN5jKvMw"
         *     }
         */
        VerifyEmailRequest: {
            /** @description The password of the registration, where its address was registered more than once: 403 `password_required` asks for it. */
            password?: null | string;
            /** @description What the mail brought; required. It works once. */
            token: string;
        };
        /**
         * @description Whether to hide the caller's presence.
         * @example {
         *       "invisible": true
         *     }
         */
        VisibilityRequest: {
            /** @description `true`: to others the caller looks offline. */
            invisible: boolean;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
};
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
