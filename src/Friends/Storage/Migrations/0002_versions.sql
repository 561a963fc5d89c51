-- Every change of a friendship takes the next number of one row, so that a stream can tell what came after a snapshot.
ALTER TABLE friendships ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
UPDATE friendships SET version = id;
CREATE INDEX friendships_changed_of_low ON friendships (low_id, version);
CREATE INDEX friendships_changed_of_high ON friendships (high_id, version);

CREATE TABLE friendships_state (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    version INTEGER NOT NULL
);
INSERT INTO friendships_state (id, version) SELECT 1, COALESCE(MAX(id), 0) FROM friendships;
