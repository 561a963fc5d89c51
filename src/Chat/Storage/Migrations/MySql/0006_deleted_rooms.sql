-- A deleted room keeps its row, so that clients that were away learn of it. Its content is erased in the background.
CREATE TABLE IF NOT EXISTS room_erasures (
    room_id    BIGINT NOT NULL PRIMARY KEY,
    deleted_at BIGINT NOT NULL
) ENGINE = InnoDB;
ALTER TABLE rooms ADD COLUMN deleted_version BIGINT;
