-- What the User context remembers of blocks, from friend.events. A lifted block leaves its row, so that an old event that comes again
-- later cannot set it anew.
CREATE TABLE blocks (
    blocker_id INTEGER NOT NULL,
    blocked_id INTEGER NOT NULL,
    is_active  INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (blocker_id, blocked_id)
) WITHOUT ROWID;
CREATE INDEX blocks_by_blocked ON blocks (blocked_id, blocker_id) WHERE is_active = 1;
