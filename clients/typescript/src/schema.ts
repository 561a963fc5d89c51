// Made by "npm run generate" from the API's description. Do not edit.
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export type components = {
    schemas: {
        ActorView: {
            display_name: string;
            /** Format: int64 */
            user_id: number;
        };
        /**
         * @example {
         *       "user_ids": [
         *         4,
         *         5
         *       ]
         *     }
         */
        AddMembersRequest: {
            user_ids: null | number[];
        };
        /** @description A file that belongs to a message. */
        AttachmentView: {
            content_type: string;
            file_name: string;
            id: string;
            /** Format: int64 */
            size: number;
        };
        /**
         * @example {
         *       "user_id": 2
         *     }
         */
        BlockBody: {
            /** Format: int64 */
            user_id: null | number;
        };
        BlockedPage: {
            blocked: components["schemas"]["BlockView"][];
            next_cursor: null | string;
            /** Format: int64 */
            total_count: number;
        };
        BlockView: {
            /** Format: date-time */
            blocked_at: string;
            display_name: string;
            profile_image_url: null | string;
            status_message: null | string;
            /** Format: int64 */
            user_id: number;
            username: string;
        };
        /**
         * @example {
         *       "old_password": "correct-horse-1",
         *       "new_password": "battery-staple-2"
         *     }
         */
        ChangePasswordRequest: {
            current_password?: null | string;
            new_password?: null | string;
            old_password?: null | string;
        };
        /**
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
            kinds?: null | {
                [key: string]: boolean;
            };
            muted_rooms?: null | components["schemas"]["MuteView"][];
            quiet_hours?: null | components["schemas"]["QuietHoursView"];
        };
        /**
         * @example {
         *       "who_may_message": "friends",
         *       "who_may_add_to_groups": "friends",
         *       "findable_by_email": false
         *     }
         */
        ChangePrivacyRequest: {
            findable_by_email?: null | boolean;
            who_may_add_to_groups?: null | string;
            who_may_message?: null | string;
        };
        /**
         * @example {
         *       "status_message": "On the wall until six"
         *     }
         */
        ChangeProfileRequest: {
            display_name?: null | string;
            status_message?: null | string;
        };
        /**
         * @example {
         *       "role": "admin"
         *     }
         */
        ChangeRoleRequest: {
            role: null | string;
        };
        /**
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
            name?: null | string;
            participant_ids: null | number[];
            room_type?: null | string;
        };
        /**
         * @example {
         *       "content": "See you at eight?"
         *     }
         */
        EditMessageRequest: {
            content: null | string;
        };
        FriendPage: {
            friends: components["schemas"]["FriendView"][];
            last_event_id?: null | string;
            next_cursor: null | string;
            /** Format: int64 */
            total_count: number;
        };
        /**
         * @example {
         *       "target_user_id": 2,
         *       "message": "We met at the wall."
         *     }
         */
        FriendRequestBody: {
            message?: null | string;
            /** Format: int64 */
            target_user_id?: null | number;
            /** Format: int64 */
            to_user_id?: null | number;
            /** Format: int64 */
            user_id_2?: null | number;
        };
        FriendshipView: {
            /** Format: int64 */
            addressee_id: number;
            /** Format: date-time */
            created_at: string;
            /** Format: int64 */
            id: number;
            message: null | string;
            /** Format: int64 */
            requester_id: number;
            status: string;
            /** Format: date-time */
            updated_at: string;
            user: components["schemas"]["PersonView"];
        };
        FriendView: {
            display_name: string;
            /** Format: date-time */
            friends_since: string;
            /** Format: int64 */
            friendship_id: number;
            is_online: null | boolean;
            /** Format: date-time */
            last_seen_at: null | string;
            profile_image_url: null | string;
            status_message: null | string;
            /** Format: int64 */
            user_id: number;
            username: string;
        };
        HealthAnswer: {
            service: string;
            status: string;
        };
        HistoryPage: {
            has_more: boolean;
            last_event_id: string;
            messages: components["schemas"]["MessageView"][];
            next_cursor: null | string;
            /** Format: int64 */
            total_count: number;
            /** Format: int64 */
            version: number;
        };
        InviteLinkList: {
            invite_links: components["schemas"]["InviteLinkView"][];
        };
        /**
         * @example {
         *       "expires_in_hours": 24,
         *       "max_uses": 10
         *     }
         */
        InviteLinkRequest: {
            /** Format: int64 */
            expires_in_hours?: null | number;
            /** Format: int64 */
            max_uses?: null | number;
        };
        InviteLinkView: {
            code: string;
            /** Format: date-time */
            created_at: string;
            /** Format: int64 */
            created_by: number;
            /** Format: date-time */
            expires_at: string;
            /** Format: int64 */
            id: number;
            /** Format: int64 */
            max_uses: null | number;
            /** Format: int64 */
            room_id: number;
            /** Format: int64 */
            uses: number;
        };
        /**
         * @example {
         *       "email": "minji@example.com",
         *       "password": "correct-horse-1"
         *     }
         */
        LoginRequest: {
            email?: null | string;
            password?: null | string;
            username?: null | string;
        };
        /**
         * @example {
         *       "refresh_token": "the refresh_token of the last answer"
         *     }
         */
        LogoutRequest: {
            refresh_token?: null | string;
        };
        /**
         * @example {
         *       "room_id": 1,
         *       "up_to_message_id": "01a1fdf9-6213-7c97-a17f-1c06ed2467a6"
         *     }
         */
        MarkReadRequest: {
            all?: null | boolean;
            message_ids?: null | string[];
            /** Format: int64 */
            room_id: null | number;
            up_to_message_id?: null | string;
        };
        MemberView: {
            display_name: string;
            /** Format: date-time */
            joined_at: string;
            /** Format: int64 */
            joined_seq: number;
            profile_image_url: null | string;
            /** Format: int64 */
            read_seq: number;
            role: string;
            /** Format: int64 */
            user_id: number;
            username: string;
        };
        /** @description A message as clients see it, in responses, on streams and in events. A deleted message keeps its place and loses its content. */
        MessageView: {
            attachment: null | components["schemas"]["AttachmentView"];
            client_message_id: null | string;
            content: string;
            /** Format: date-time */
            created_at: string;
            /** Format: date-time */
            deleted_at: null | string;
            /** Format: date-time */
            edited_at: null | string;
            /** @description A UUIDv7. */
            id: string;
            is_deleted: boolean;
            is_edited: boolean;
            /** @description `text`, `image`, `file` or `system`. */
            message_type: string;
            reactions: components["schemas"]["ReactionView"][];
            /**
             * Format: int32
             * @description How many other members have read it.
             */
            read_by_count: number;
            /** @description The id of the message to which it replies. */
            reply_to: null | string;
            /** Format: int64 */
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
            /** Format: date-time */
            updated_at: string;
            /** Format: int64 */
            user_id: number;
            username: string;
            /**
             * Format: int64
             * @description The room's change counter at the last change of this message.
             */
            version: number;
        };
        MuteView: {
            /** Format: int64 */
            room_id: null | number;
            /** Format: date-time */
            until: null | string;
        };
        NotificationPage: {
            last_event_id: string;
            next_cursor: null | string;
            notifications: components["schemas"]["NotificationView"][];
            /** Format: int64 */
            total_count: number;
            /** Format: int64 */
            unread_count: number;
            /** Format: int64 */
            version: number;
        };
        NotificationView: {
            actor: null | components["schemas"]["ActorView"];
            /** Format: int32 */
            count: number;
            /** Format: date-time */
            created_at: string;
            /** Format: int64 */
            friendship_id: null | number;
            /** Format: date-time */
            happened_at: string;
            id: string;
            is_read: boolean;
            kind: string;
            message_id: null | string;
            preview: null | string;
            /** Format: date-time */
            read_at: null | string;
            /** Format: int64 */
            room_id: null | number;
            /** Format: int64 */
            seq: null | number;
            title: string;
            /** Format: date-time */
            updated_at: string;
        };
        OnlineStatusesView: {
            last_event_id: string;
            statuses: components["schemas"]["OnlineStatusView"][];
        };
        OnlineStatusView: {
            invisible?: null | boolean;
            is_online: null | boolean;
            /** Format: date-time */
            last_seen_at: null | string;
            /** Format: int64 */
            user_id: number;
        };
        OpenRequestsPage: {
            last_event_id: string;
            next_cursor: null | string;
            received: components["schemas"]["FriendshipView"][];
            /** Format: int64 */
            received_count: number;
            sent: components["schemas"]["FriendshipView"][];
            /** Format: int64 */
            sent_count: number;
            /** Format: int64 */
            total_count: number;
        };
        ParticipantView: {
            /** Format: int64 */
            id?: number;
            username?: string;
        };
        PendingRequestsPage: {
            next_cursor: null | string;
            requests: components["schemas"]["FriendshipView"][];
            /** Format: int64 */
            total_count: number;
        };
        PersonView: {
            display_name: string;
            profile_image_url: null | string;
            status_message: null | string;
            /** Format: int64 */
            user_id: number;
            username: string;
        };
        PinList: {
            pins: components["schemas"]["PinView"][];
            /** Format: int64 */
            version: number;
        };
        PinView: {
            message: components["schemas"]["MessageView"];
            /** Format: date-time */
            pinned_at: string;
            /** Format: int64 */
            pinned_by: number;
        };
        PreferencesView: {
            kinds: {
                [key: string]: boolean;
            };
            muted_rooms: components["schemas"]["MuteView"][];
            quiet_hours: null | components["schemas"]["QuietHoursView"];
        };
        PrivacyView: {
            findable_by_email: boolean;
            who_may_add_to_groups: string;
            who_may_message: string;
        };
        ProblemDetails: {
            /** @description What went wrong, for programs; it never changes. */
            code?: string;
            detail?: null | string;
            /** @description Of a 422: what is wrong, by field. */
            errors?: {
                [key: string]: string[];
            };
            /** @description Of a 409: what is taken already. */
            field?: string;
            instance?: null | string;
            /** Format: int32 */
            status?: null | number;
            title?: null | string;
            /** @description By this the server's log knows the request. */
            trace_id?: string;
            type?: null | string;
            /** @description Of a 403 not_allowed_by_privacy: the users who do not let the caller do this. */
            user_ids?: number[];
        };
        QuietHoursView: {
            end: null | string;
            start: null | string;
            time_zone: null | string;
        };
        /**
         * @example {
         *       "emoji": "👍"
         *     }
         */
        ReactionRequest: {
            emoji: null | string;
        };
        /** @description One emoji on a message, with the users who added it in the order in which they did. */
        ReactionView: {
            /** Format: int32 */
            count: number;
            emoji: string;
            user_ids: number[];
        };
        ReadAnswer: {
            /** Format: int64 */
            read_count: number;
            /** Format: int64 */
            unread_count: number;
        };
        /**
         * @example {
         *       "ids": [
         *         "01a1fdf9-6213-7c97-a17f-1c06ed2467a6"
         *       ]
         *     }
         */
        ReadRequest: {
            all?: null | boolean;
            ids?: null | string[];
        };
        ReadState: {
            /** Format: int64 */
            read_seq: number;
            /** Format: int64 */
            room_id: number;
            /** Format: int64 */
            unread_count: number;
        };
        /**
         * @example {
         *       "refresh_token": "the refresh_token of the last answer"
         *     }
         */
        RefreshRequest: {
            refresh_token: null | string;
        };
        /**
         * @example {
         *       "email": "minji@example.com",
         *       "username": "minji",
         *       "password": "correct-horse-1",
         *       "display_name": "민지"
         *     }
         */
        RegisterRequest: {
            display_name?: null | string;
            email: null | string;
            password: null | string;
            username: null | string;
        };
        /**
         * @example {
         *       "name": "Climbing on Sundays"
         *     }
         */
        RenameRoomRequest: {
            name: null | string;
        };
        /**
         * @example {
         *       "action": "accept"
         *     }
         */
        RequestAction: {
            action: null | string;
        };
        /**
         * @example {
         *       "requester_id": 1
         *     }
         */
        RequestReference: {
            /** Format: int64 */
            request_id?: null | number;
            /** Format: int64 */
            requester_id?: null | number;
        };
        RoomPage: {
            next_cursor: null | string;
            rooms: components["schemas"]["RoomView"][];
            /** Format: int32 */
            total_count: number;
        };
        RoomUnread: {
            /** Format: int64 */
            room_id: number;
            /** Format: int64 */
            unread_count: number;
        };
        RoomView: {
            /** Format: date-time */
            created_at: string;
            /** Format: int64 */
            created_by: number;
            /** Format: int64 */
            id: number;
            /** Format: date-time */
            last_activity_at: string;
            last_message: null | components["schemas"]["MessageView"];
            /** Format: int64 */
            last_seq: number;
            /** Format: int32 */
            member_count: number;
            members: components["schemas"]["MemberView"][];
            name: null | string;
            participants?: null | components["schemas"]["ParticipantView"][];
            room_type: string;
            /** Format: int64 */
            unread_count: number;
            /** Format: date-time */
            updated_at: string;
            /** Format: int64 */
            version: number;
        };
        SearchResponse: {
            next_cursor: null | string;
            /** Format: int32 */
            total_count: number;
            users: components["schemas"]["UserResponse"][];
        };
        /**
         * @example {
         *       "content": "See you at seven?",
         *       "message_type": "text",
         *       "client_message_id": "4f9a2c61"
         *     }
         */
        SendMessageRequest: {
            attachment_id?: null | string;
            client_message_id?: null | string;
            content: null | string;
            message_type?: null | string;
            reply_to?: null | string;
            /** Format: int64 */
            room_id?: null | number;
        };
        SessionResponse: {
            /** Format: date-time */
            created_at: string;
            current: boolean;
            /** Format: date-time */
            expires_at: string;
            /** Format: int64 */
            id: number;
            ip_address: null | string;
            /** Format: date-time */
            last_used_at: string;
            user_agent: null | string;
        };
        SessionsResponse: {
            next_cursor: null | string;
            sessions: components["schemas"]["SessionResponse"][];
        };
        SignInResponse: {
            access_token: string;
            device_token: string;
            /** Format: int32 */
            expires_in: number;
            refresh_token: string;
            token_type: string;
            /** Format: int64 */
            user_id: number;
        };
        StreamTicketResponse: {
            /** Format: int32 */
            expires_in: number;
            ticket: string;
        };
        TokenResponse: {
            access_token: string;
            /** Format: int32 */
            expires_in: number;
            refresh_token: string;
            token_type: string;
            /** Format: int64 */
            user_id: number;
        };
        UnreadCount: {
            /** Format: int64 */
            unread_count: number;
        };
        /**
         * @example {
         *       "user_ids": [
         *         1,
         *         2,
         *         3
         *       ]
         *     }
         */
        UserBatchRequest: {
            user_ids: null | number[];
        };
        UserExistsResponse: {
            exists: boolean;
            /** Format: int64 */
            user_id: number;
        };
        UserResponse: {
            /** Format: date-time */
            created_at: string;
            display_name: string;
            email?: null | string;
            /** Format: int64 */
            id: number;
            profile_image_url: null | string;
            status_message: null | string;
            /** Format: date-time */
            updated_at: string;
            username: string;
        };
        UsersResponse: {
            users: components["schemas"]["UserResponse"][];
        };
        /**
         * @example {
         *       "invisible": true
         *     }
         */
        VisibilityRequest: {
            invisible: null | boolean;
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
