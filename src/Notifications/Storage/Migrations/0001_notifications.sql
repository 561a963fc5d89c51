-- One row per notification. Every change of a user's rows takes the next of that user's versions, without gaps in time but with gaps
-- among the rows: "what changed since V" is one range read of (user_id, version), and the newest version is that of the newest row,
-- which therefore always stays.
CREATE TABLE notifications (
    id              TEXT    NOT NULL PRIMARY KEY,
    user_id         INTEGER NOT NULL,
    version         INTEGER NOT NULL,
    created_version INTEGER NOT NULL,
    kind            TEXT    NOT NULL,             -- friend_request | friend_accepted | message | mention | group_invite | system
    source          TEXT    NOT NULL,             -- what caused it: the same thing seen again makes no second row
    title           TEXT    NOT NULL,
    preview         TEXT,
    count           INTEGER NOT NULL,
    actor_id        INTEGER,
    actor_name      TEXT,
    room_id         INTEGER,
    message_id      TEXT,
    first_seq       INTEGER NOT NULL,
    last_seq        INTEGER NOT NULL,
    friendship_id   INTEGER,
    happened_at     INTEGER NOT NULL,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    read_at         INTEGER,
    sent_at         INTEGER,
    is_removed      INTEGER NOT NULL,
    UNIQUE (user_id, version),
    UNIQUE (user_id, source)
) WITHOUT ROWID;
-- The lists, newest first.
CREATE INDEX notifications_by_time ON notifications (user_id, happened_at, id) WHERE is_removed = 0;
CREATE INDEX notifications_unread ON notifications (user_id, happened_at, id) WHERE read_at IS NULL;
-- A request that was answered or taken back.
CREATE INDEX notifications_of_friendship ON notifications (friendship_id) WHERE kind = 'friend_request' AND read_at IS NULL;
-- What housekeeping looks for.
CREATE INDEX notifications_read ON notifications (read_at) WHERE read_at IS NOT NULL;

-- Up to which version housekeeping has deleted rows of a user: a client that stopped before it cannot receive what it missed.
CREATE TABLE trimmed (
    user_id INTEGER NOT NULL PRIMARY KEY,
    version INTEGER NOT NULL
);

-- What this context knows of people, from user.events.
CREATE TABLE people (
    id           INTEGER NOT NULL PRIMARY KEY,
    username     TEXT    NOT NULL COLLATE NOCASE,  -- letters A-Z, digits and _: ASCII is all the case there is
    display_name TEXT    NOT NULL,
    updated_at   INTEGER NOT NULL
);
CREATE INDEX people_by_username ON people (username);

-- Who has blocked whom, from friend.events. A lifted block leaves its row, so that an old event that comes again later cannot set it anew.
CREATE TABLE blocks (
    blocker_id INTEGER NOT NULL,
    blocked_id INTEGER NOT NULL,
    is_active  INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (blocker_id, blocked_id)
) WITHOUT ROWID;
CREATE INDEX blocks_by_blocked ON blocks (blocked_id) WHERE is_active = 1;
