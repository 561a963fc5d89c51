-- The schema as SQLite's migrations 0001 to 0003 have made it. Each statement may run twice. Integers are BIGINT throughout, and texts
-- compare as bytes (utf8mb4_bin, the database's collation). turn is that of store_writer at the last change: by it a replica finds what
-- others have changed since it looked.

CREATE TABLE IF NOT EXISTS rooms (
    id               BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    type             VARCHAR(20)  NOT NULL,               -- direct | group
    name             VARCHAR(200),
    direct_key       VARCHAR(50),                         -- "lower:higher" user id: one 1:1 room per pair
    created_by       BIGINT       NOT NULL,
    created_at       BIGINT       NOT NULL,
    updated_at       BIGINT       NOT NULL,
    last_activity_at BIGINT       NOT NULL,
    last_seq         BIGINT       NOT NULL DEFAULT 0,     -- the newest message's seq
    ordinal          BIGINT       NOT NULL DEFAULT 0,     -- messages that people wrote (system messages do not count)
    version          BIGINT       NOT NULL DEFAULT 0,     -- counts every change of the room
    info_version     BIGINT       NOT NULL DEFAULT 0,     -- version at the last change of name or type
    turn             BIGINT       NOT NULL DEFAULT 0,
    UNIQUE KEY rooms_by_direct_key (direct_key),
    KEY rooms_by_turn (turn)
) ENGINE = InnoDB;

-- A row stays when its member leaves, so that a client that was away learns of it.
CREATE TABLE IF NOT EXISTS members (
    room_id        BIGINT      NOT NULL,
    user_id        BIGINT      NOT NULL,
    role           VARCHAR(20) NOT NULL,                  -- owner | admin | member
    joined_at      BIGINT      NOT NULL,
    joined_seq     BIGINT      NOT NULL,                  -- messages up to here were sent before the member came
    joined_version BIGINT      NOT NULL,
    read_seq       BIGINT      NOT NULL,
    read_ordinal   BIGINT      NOT NULL,
    read_version   BIGINT      NOT NULL DEFAULT 0,        -- version at the last explicit read
    role_version   BIGINT      NOT NULL DEFAULT 0,        -- version at the last change of the role
    left_version   BIGINT,                                -- null while a member
    PRIMARY KEY (room_id, user_id),
    KEY members_by_user (user_id, left_version, room_id)
) ENGINE = InnoDB;

-- A message is kept as the JSON that clients see (what does not change until it is edited or deleted), beside the columns by which it is
-- found. A client's id is compared byte by byte, and not as these engines compare texts, to which blanks at the end are nothing.
CREATE TABLE IF NOT EXISTS messages (
    row_id            BIGINT      NOT NULL AUTO_INCREMENT PRIMARY KEY,
    id                VARCHAR(36) NOT NULL,
    room_id           BIGINT      NOT NULL,
    seq               BIGINT      NOT NULL,
    ordinal           BIGINT      NOT NULL,               -- the room's ordinal with this message
    version           BIGINT      NOT NULL,               -- the room's version at the last change of this message
    created_version   BIGINT      NOT NULL,
    user_id           BIGINT      NOT NULL,
    client_message_id VARBINARY(400),
    request_hash      VARBINARY(64),                      -- of the first request with this client_message_id
    body              MEDIUMBLOB  NOT NULL,
    -- For clients that come back: what was edited or deleted since. New messages are found by their seq.
    changed_version   BIGINT GENERATED ALWAYS AS (CASE WHEN version > created_version THEN version END) VIRTUAL,
    UNIQUE KEY messages_by_id (id),
    UNIQUE KEY messages_by_seq (room_id, seq),
    UNIQUE KEY messages_by_client_id (room_id, user_id, client_message_id),
    KEY messages_changed (room_id, changed_version)
) ENGINE = InnoDB;

-- What Chat remembers of people, from user.events.
CREATE TABLE IF NOT EXISTS users (
    id                BIGINT       NOT NULL PRIMARY KEY,
    username          VARCHAR(50)  NOT NULL,
    display_name      VARCHAR(200) NOT NULL,
    profile_image_url VARCHAR(1000),
    updated_at        BIGINT       NOT NULL
) ENGINE = InnoDB;

-- What Chat remembers of blocks, from friend.events. A lifted block leaves its row, so that an old event that comes again later cannot
-- set it anew.
CREATE TABLE IF NOT EXISTS blocks (
    blocker_id BIGINT NOT NULL,
    blocked_id BIGINT NOT NULL,
    is_active  BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    turn       BIGINT NOT NULL,
    PRIMARY KEY (blocker_id, blocked_id),
    KEY blocks_by_turn (turn)
) ENGINE = InnoDB;
