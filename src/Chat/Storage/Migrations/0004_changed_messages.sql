-- For clients that come back: the messages that were edited or deleted, with the version of the last time. A table of its own, so that a
-- message that is only sent has no part in it on any engine. New messages are found by their seq.
CREATE TABLE changed_messages (
    room_id INTEGER NOT NULL,
    seq     INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (room_id, seq)
) WITHOUT ROWID;
CREATE INDEX changed_messages_by_version ON changed_messages (room_id, version);
INSERT INTO changed_messages (room_id, seq, version) SELECT room_id, seq, version FROM messages WHERE version > created_version;
DROP INDEX messages_changed;
