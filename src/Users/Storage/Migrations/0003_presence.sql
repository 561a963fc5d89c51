-- Presence as friends see it. Who is there is counted in memory; a row is written when what others see changes, or the wish to be seen.
CREATE TABLE presence (
    user_id      INTEGER PRIMARY KEY,
    is_online    INTEGER NOT NULL,
    last_seen_at INTEGER,                      -- null while online
    is_invisible INTEGER NOT NULL,
    version      INTEGER NOT NULL,             -- the version of presence_state at the last change that others see
    changed_at   INTEGER NOT NULL              -- the time of that change
);
-- For a start after a crash: who was online then.
CREATE INDEX presence_online ON presence (user_id) WHERE is_online = 1;

-- What the User context remembers of friendships, from friend.events: a row for each of the two. One that ended leaves its rows, so that an
-- old event that comes again later cannot bring it back, and so that a client that was away learns of the end.
CREATE TABLE friends (
    user_id    INTEGER NOT NULL,
    friend_id  INTEGER NOT NULL,
    is_active  INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    PRIMARY KEY (user_id, friend_id)
) WITHOUT ROWID;

-- One row: the version counts every change that an online-status stream tells, and alive_at is the last time at which the server is known
-- to have run.
CREATE TABLE presence_state (
    id       INTEGER PRIMARY KEY CHECK (id = 1),
    version  INTEGER NOT NULL,
    alive_at INTEGER NOT NULL
);
INSERT INTO presence_state (id, version, alive_at) VALUES (1, 0, 0);

-- Friendships that were told before this table existed are still in the log: read it again. All of its handlers may see an event twice.
DELETE FROM consumer_offsets WHERE consumer_group = 'users' AND topic = 'friend.events';
