-- A deleted room keeps its row, so that clients that were away learn of it. Its content is erased in the background.
ALTER TABLE rooms ADD COLUMN deleted_version INTEGER;   -- null while it exists

CREATE TABLE room_erasures (
    room_id    INTEGER PRIMARY KEY,
    deleted_at INTEGER NOT NULL
);
