-- The time of the newest block, or end of one. The consumers of these events let the later of two win, so a clock that was set back must not
-- give a new block an older time than the end of the last.
CREATE TABLE block_clock (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    time INTEGER NOT NULL
);
INSERT INTO block_clock (id, time) SELECT 1, COALESCE(MAX(blocked_at), 0) FROM blocks;
