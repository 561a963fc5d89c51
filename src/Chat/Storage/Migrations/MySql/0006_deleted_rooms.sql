-- A deleted room keeps its row, so that clients that were away learn of it. Its content is erased in the background, and once more after a while.
CREATE TABLE IF NOT EXISTS room_erasures (
    room_id    BIGINT NOT NULL PRIMARY KEY,
    due_at     BIGINT NOT NULL,    -- when the next pass over it may begin
    passes     BIGINT NOT NULL     -- those that are done
) ENGINE = InnoDB;
ALTER TABLE rooms ADD COLUMN deleted_version BIGINT;
