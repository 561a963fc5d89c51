-- One row for two people, whatever is between them: the unique key decides when both command at once.
CREATE TABLE friendships (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    low_id       INTEGER NOT NULL,
    high_id      INTEGER NOT NULL,
    status       TEXT    NOT NULL,             -- pending | accepted | rejected | cancelled | ended
    requester_id INTEGER NOT NULL,
    addressee_id INTEGER NOT NULL,
    message      TEXT,
    requested_at INTEGER NOT NULL,
    changed_at   INTEGER NOT NULL,
    UNIQUE (low_id, high_id),
    CHECK (low_id < high_id),
    CHECK ((requester_id = low_id AND addressee_id = high_id) OR (requester_id = high_id AND addressee_id = low_id))
);
-- The lists, newest first: what has ended is in none of them.
CREATE INDEX friends_of_low ON friendships (low_id, changed_at, id) WHERE status = 'accepted';
CREATE INDEX friends_of_high ON friendships (high_id, changed_at, id) WHERE status = 'accepted';
CREATE INDEX requests_sent ON friendships (requester_id, changed_at, id) WHERE status = 'pending';
CREATE INDEX requests_received ON friendships (addressee_id, changed_at, id) WHERE status = 'pending';

CREATE TABLE blocks (
    blocker_id INTEGER NOT NULL,
    blocked_id INTEGER NOT NULL,
    blocked_at INTEGER NOT NULL,
    PRIMARY KEY (blocker_id, blocked_id),
    CHECK (blocker_id <> blocked_id)
) WITHOUT ROWID;
CREATE INDEX blocks_by_time ON blocks (blocker_id, blocked_at, blocked_id);
