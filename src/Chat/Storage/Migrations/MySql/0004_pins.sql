-- The messages that rooms keep in sight, by their place: they may be in another store. A deleted message loses its row.
CREATE TABLE IF NOT EXISTS pins (
    room_id   BIGINT NOT NULL,
    seq       BIGINT NOT NULL,
    pinned_by BIGINT NOT NULL,
    pinned_at BIGINT NOT NULL,
    PRIMARY KEY (room_id, seq)
) ENGINE = InnoDB;
