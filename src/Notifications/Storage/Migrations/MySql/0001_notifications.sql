-- The schema as SQLite's migrations 0001 to 0003 have made it. Each statement may run twice. Integers are BIGINT throughout, and texts
-- compare as bytes (utf8mb4_bin, the database's collation) but for usernames.

-- One row per notification. Every change of a user's rows takes the next of that user's versions: "what changed since V" is one range
-- read of (user_id, version), and the newest version is that of the newest row, which therefore always stays.
CREATE TABLE IF NOT EXISTS notifications (
    id              VARCHAR(36)  NOT NULL PRIMARY KEY,
    user_id         BIGINT       NOT NULL,
    version         BIGINT       NOT NULL,
    created_version BIGINT       NOT NULL,
    kind            VARCHAR(20)  NOT NULL,        -- friend_request | friend_accepted | message | mention | group_invite | system
    source          VARCHAR(200) NOT NULL,        -- what caused it: the same thing seen again makes no second row
    title           VARCHAR(1000) NOT NULL,
    preview         VARCHAR(1000),
    count           BIGINT       NOT NULL,
    actor_id        BIGINT,
    actor_name      VARCHAR(200),
    room_id         BIGINT,
    message_id      VARCHAR(36),
    first_seq       BIGINT       NOT NULL,
    last_seq        BIGINT       NOT NULL,
    friendship_id   BIGINT,
    happened_at     BIGINT       NOT NULL,
    created_at      BIGINT       NOT NULL,
    updated_at      BIGINT       NOT NULL,
    read_at         BIGINT,
    sent_at         BIGINT,
    is_removed      BIGINT       NOT NULL,
    -- At most one unread notification of new messages for a user and a room; a key may repeat only where a part of it is null.
    new_messages_of BIGINT GENERATED ALWAYS AS (CASE WHEN kind = 'message' AND read_at IS NULL THEN room_id END) VIRTUAL,
    UNIQUE KEY notifications_by_version (user_id, version),
    UNIQUE KEY notifications_by_source (user_id, source),
    UNIQUE KEY notifications_of_new_messages (new_messages_of, user_id),
    KEY notifications_by_time (user_id, is_removed, happened_at, id),
    KEY notifications_unread (user_id, read_at, happened_at, id),
    KEY notifications_of_friendship (friendship_id),
    KEY notifications_read (read_at),
    KEY notifications_by_room (room_id, user_id),
    KEY notifications_of_message (message_id)
) ENGINE = InnoDB;

-- Up to which version housekeeping has deleted rows of a user: a client that stopped before it cannot receive what it missed.
CREATE TABLE IF NOT EXISTS trimmed (
    user_id BIGINT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
) ENGINE = InnoDB;

-- What this context knows of people, from user.events.
CREATE TABLE IF NOT EXISTS people (
    id           BIGINT       NOT NULL PRIMARY KEY,
    username     VARCHAR(50)  COLLATE utf8mb4_general_ci NOT NULL,  -- letters A-Z, digits and _: without case is all that is asked
    display_name VARCHAR(200) NOT NULL,
    updated_at   BIGINT       NOT NULL,
    KEY people_by_username (username)
) ENGINE = InnoDB;

-- Who has blocked whom, from friend.events. A lifted block leaves its row, so that an old event that comes again later cannot set it anew.
CREATE TABLE IF NOT EXISTS blocks (
    blocker_id BIGINT NOT NULL,
    blocked_id BIGINT NOT NULL,
    is_active  BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (blocker_id, blocked_id),
    KEY blocks_by_blocked (blocked_id, is_active)
) ENGINE = InnoDB;

-- What this context knows of rooms, from chat.events and message.events. The two topics come independently of each other, but a room's
-- versions are gapless over both: they tell whether something that happened before a message is still on its way.
CREATE TABLE IF NOT EXISTS rooms (
    id              BIGINT      NOT NULL PRIMARY KEY,
    type            VARCHAR(20) NOT NULL,          -- direct | group
    name            VARCHAR(200),
    room_version    BIGINT      NOT NULL,          -- the last event of chat.events that was handled
    message_version BIGINT      NOT NULL           -- the last event of message.events that was handled
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS members (
    room_id   BIGINT NOT NULL,
    user_id   BIGINT NOT NULL,
    is_member BIGINT NOT NULL,
    version   BIGINT NOT NULL,                     -- the room's version when the user joined or left
    PRIMARY KEY (room_id, user_id)
) ENGINE = InnoDB;

-- Events of rooms that wait for an event of chat.events which comes before them.
CREATE TABLE IF NOT EXISTS held_events (
    room_id BIGINT       NOT NULL,
    version BIGINT       NOT NULL,
    type    VARCHAR(200) NOT NULL,
    data    LONGBLOB     NOT NULL,
    held_at BIGINT       NOT NULL,
    PRIMARY KEY (room_id, version),
    KEY held_events_by_time (held_at)
) ENGINE = InnoDB;

-- Which notifications a user wants; a user without preferences has no row.
CREATE TABLE IF NOT EXISTS preferences (
    user_id     BIGINT NOT NULL PRIMARY KEY,
    unwanted    BIGINT NOT NULL,                   -- a bit for each kind that the user does not want, by its number
    quiet_start BIGINT,                            -- minutes since midnight
    quiet_end   BIGINT,
    time_zone   VARCHAR(100)                       -- IANA
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS mutes (
    user_id BIGINT NOT NULL,
    room_id BIGINT NOT NULL,
    until   BIGINT,                                -- NULL: until the user removes it
    PRIMARY KEY (user_id, room_id),
    KEY mutes_by_room (room_id, user_id)
) ENGINE = InnoDB;
