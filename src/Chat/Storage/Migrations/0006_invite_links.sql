-- Links to groups. A user who has the link can join its group.
CREATE TABLE invite_links (
    code       TEXT    PRIMARY KEY,
    room_id    INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    max_uses   INTEGER,                            -- null: as many as want
    uses       INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX invite_links_by_room ON invite_links (room_id);
