-- An invite link has an id besides its code, so that revoking one does not put the code into paths and logs.
CREATE TABLE invite_links_new (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    code       TEXT    NOT NULL UNIQUE,
    room_id    INTEGER NOT NULL,
    created_by INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    max_uses   INTEGER,                            -- null: no limit
    uses       INTEGER NOT NULL
);
INSERT INTO invite_links_new (code, room_id, created_by, created_at, expires_at, max_uses, uses)
SELECT code, room_id, created_by, created_at, expires_at, max_uses, uses FROM invite_links ORDER BY created_at, code;
DROP TABLE invite_links;
ALTER TABLE invite_links_new RENAME TO invite_links;
CREATE INDEX invite_links_by_room ON invite_links (room_id);
