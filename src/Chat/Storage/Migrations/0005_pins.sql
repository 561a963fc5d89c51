-- The messages that rooms keep in sight, by their place: they may be in another store. A deleted message loses its row.
CREATE TABLE pins (
    room_id   INTEGER NOT NULL,
    seq       INTEGER NOT NULL,
    pinned_by INTEGER NOT NULL,
    pinned_at INTEGER NOT NULL,
    PRIMARY KEY (room_id, seq)
) WITHOUT ROWID;
