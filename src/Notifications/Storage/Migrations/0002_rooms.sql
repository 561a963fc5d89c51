-- What this context knows of rooms, from chat.events and message.events. The two topics come independently of each other, but a room's
-- versions are gapless over both: they tell whether something that happened before a message is still on its way.
CREATE TABLE rooms (
    id              INTEGER NOT NULL PRIMARY KEY,
    type            TEXT    NOT NULL,          -- direct | group
    name            TEXT,
    room_version    INTEGER NOT NULL,          -- the last event of chat.events that was handled
    message_version INTEGER NOT NULL           -- the last event of message.events that was handled
);

CREATE TABLE members (
    room_id   INTEGER NOT NULL,
    user_id   INTEGER NOT NULL,
    is_member INTEGER NOT NULL,
    version   INTEGER NOT NULL,                -- the room's version when the user joined or left
    PRIMARY KEY (room_id, user_id)
) WITHOUT ROWID;

-- Events of rooms that wait for an event of chat.events which comes before them.
CREATE TABLE held_events (
    room_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    type    TEXT    NOT NULL,
    data    BLOB    NOT NULL,
    held_at INTEGER NOT NULL,
    PRIMARY KEY (room_id, version)
) WITHOUT ROWID;
CREATE INDEX held_events_by_time ON held_events (held_at);

-- At most one unread notification of new messages for a user and a room.
CREATE UNIQUE INDEX notifications_of_new_messages ON notifications (room_id, user_id) WHERE kind = 'message' AND read_at IS NULL;
CREATE INDEX notifications_of_mentions ON notifications (room_id, user_id) WHERE kind = 'mention' AND read_at IS NULL;
CREATE INDEX notifications_by_room ON notifications (room_id, user_id) WHERE room_id IS NOT NULL;
-- Those that show a message: it may be changed or deleted later.
CREATE INDEX notifications_of_message ON notifications (message_id) WHERE message_id IS NOT NULL;
