CREATE TABLE rooms (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    type             TEXT    NOT NULL,             -- direct | group
    name             TEXT,
    direct_key       TEXT UNIQUE,                  -- "lower:higher" user id: one 1:1 room per pair
    created_by       INTEGER NOT NULL,
    created_at       INTEGER NOT NULL,
    updated_at       INTEGER NOT NULL,
    last_activity_at INTEGER NOT NULL,
    last_seq         INTEGER NOT NULL DEFAULT 0,   -- the newest message's seq
    ordinal          INTEGER NOT NULL DEFAULT 0,   -- messages that people wrote (system messages do not count)
    version          INTEGER NOT NULL DEFAULT 0,   -- counts every change of the room
    info_version     INTEGER NOT NULL DEFAULT 0    -- version at the last change of name or type
);

-- A row stays when its member leaves, so that a client that was away learns of it.
CREATE TABLE members (
    room_id        INTEGER NOT NULL REFERENCES rooms (id),
    user_id        INTEGER NOT NULL,
    role           TEXT    NOT NULL,               -- owner | admin | member
    joined_at      INTEGER NOT NULL,
    joined_seq     INTEGER NOT NULL,               -- messages up to here were sent before the member came
    joined_version INTEGER NOT NULL,
    read_seq       INTEGER NOT NULL,
    read_ordinal   INTEGER NOT NULL,
    read_version   INTEGER NOT NULL DEFAULT 0,     -- version at the last explicit read
    role_version   INTEGER NOT NULL DEFAULT 0,     -- version at the last change of the role
    left_version   INTEGER,                        -- null while a member
    PRIMARY KEY (room_id, user_id)
) WITHOUT ROWID;
CREATE INDEX members_by_user ON members (user_id, room_id) WHERE left_version IS NULL;

CREATE TABLE messages (
    row_id            INTEGER PRIMARY KEY,
    id                TEXT    NOT NULL UNIQUE,
    room_id           INTEGER NOT NULL REFERENCES rooms (id),
    seq               INTEGER NOT NULL,
    ordinal           INTEGER NOT NULL,            -- the room's ordinal with this message
    version           INTEGER NOT NULL,            -- the room's version at the last change of this message
    created_version   INTEGER NOT NULL,
    user_id           INTEGER NOT NULL,
    type              TEXT    NOT NULL,            -- text | image | file | system
    content           TEXT    NOT NULL,            -- empty once deleted
    reply_to          TEXT,
    client_message_id TEXT,
    request_hash      BLOB,                        -- of the first request with this client_message_id
    created_at        INTEGER NOT NULL,
    edited_at         INTEGER,
    deleted_at        INTEGER,
    UNIQUE (room_id, seq)
);
-- For clients that come back: what was edited or deleted since. New messages are found by their seq.
CREATE INDEX messages_changed ON messages (room_id, version) WHERE version > created_version;
CREATE UNIQUE INDEX messages_by_client_id ON messages (room_id, user_id, client_message_id) WHERE client_message_id IS NOT NULL;

-- What Chat remembers of people, from user.events.
CREATE TABLE users (
    id                INTEGER PRIMARY KEY,
    username          TEXT NOT NULL,
    display_name      TEXT NOT NULL,
    profile_image_url TEXT,
    updated_at        INTEGER NOT NULL
);
