-- A deleted room keeps its row, so that clients that were away learn of it. Its content is erased in the background, and once more after a while.
ALTER TABLE rooms ADD COLUMN deleted_version INTEGER;   -- null while it exists

CREATE TABLE room_erasures (
    room_id    INTEGER PRIMARY KEY,
    due_at     INTEGER NOT NULL,    -- when the next pass over it may begin
    passes     INTEGER NOT NULL     -- those that are done
);
