-- For clients that come back: the messages that were edited or deleted, with the version of the last time. A table of its own, because in an
-- index each message that is only sent would have its place, too. New messages are found by their seq.
CREATE TABLE IF NOT EXISTS changed_messages (
    room_id BIGINT NOT NULL,
    seq     BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (room_id, seq),
    KEY changed_messages_by_version (room_id, version)
) ENGINE = InnoDB;
INSERT IGNORE INTO changed_messages (room_id, seq, version) SELECT room_id, seq, version FROM messages WHERE version > created_version;
ALTER TABLE messages DROP KEY messages_changed, DROP COLUMN changed_version;
