-- Which notifications a user wants; a user without preferences has no row.
CREATE TABLE preferences (
    user_id     INTEGER NOT NULL PRIMARY KEY,
    unwanted    INTEGER NOT NULL,              -- a bit for each kind that the user does not want, by its number
    quiet_start INTEGER,                       -- minutes since midnight
    quiet_end   INTEGER,
    time_zone   TEXT                           -- IANA
);

CREATE TABLE mutes (
    user_id INTEGER NOT NULL,
    room_id INTEGER NOT NULL,
    until   INTEGER,                           -- NULL: until the user removes it
    PRIMARY KEY (user_id, room_id)
) WITHOUT ROWID;
CREATE INDEX mutes_by_room ON mutes (room_id, user_id);
