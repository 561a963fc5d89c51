-- What a user wants to be told of; one who never said has no row.
CREATE TABLE preferences (
    user_id     INTEGER NOT NULL PRIMARY KEY,
    unwanted    INTEGER NOT NULL,              -- a bit for each kind that he does not want, by its number
    quiet_start INTEGER,                       -- minutes since midnight
    quiet_end   INTEGER,
    time_zone   TEXT                           -- IANA
);

CREATE TABLE mutes (
    user_id INTEGER NOT NULL,
    room_id INTEGER NOT NULL,
    until   INTEGER,                           -- NULL: until he says otherwise
    PRIMARY KEY (user_id, room_id)
) WITHOUT ROWID;
CREATE INDEX mutes_by_room ON mutes (room_id, user_id);
