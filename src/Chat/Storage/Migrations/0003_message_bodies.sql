-- A message is kept as the JSON that clients see (what does not change until it is edited or deleted), beside the columns by which it is
-- found: reading history is then copying. Times of the old columns are microseconds; on the wire they are RFC 3339.
CREATE TABLE messages_new (
    row_id            INTEGER PRIMARY KEY,
    id                TEXT    NOT NULL UNIQUE,
    room_id           INTEGER NOT NULL,            -- the writer has the room in hand: no foreign key to look up for each message
    seq               INTEGER NOT NULL,
    ordinal           INTEGER NOT NULL,            -- the room's ordinal with this message
    version           INTEGER NOT NULL,            -- the room's version at the last change of this message
    created_version   INTEGER NOT NULL,
    user_id           INTEGER NOT NULL,
    client_message_id TEXT,
    request_hash      BLOB,                        -- of the first request with this client_message_id
    body              BLOB    NOT NULL,
    UNIQUE (room_id, seq)
);
INSERT INTO messages_new (row_id, id, room_id, seq, ordinal, version, created_version, user_id, client_message_id, request_hash, body)
SELECT m.row_id, m.id, m.room_id, m.seq, m.ordinal, m.version, m.created_version, m.user_id, m.client_message_id, m.request_hash,
    CAST(json_object(
        'id', m.id, 'room_id', m.room_id, 'seq', m.seq, 'version', m.version, 'user_id', m.user_id,
        'username', COALESCE(u.username, 'user' || m.user_id), 'content', m.content, 'message_type', m.type, 'reply_to', m.reply_to,
        'attachment', NULL, 'reactions', json('[]'),
        'is_edited', json(CASE WHEN m.edited_at IS NULL THEN 'false' ELSE 'true' END),
        'edited_at', strftime('%Y-%m-%dT%H:%M:%S', m.edited_at / 1000000, 'unixepoch') || printf('.%06dZ', m.edited_at % 1000000),
        'is_deleted', json(CASE WHEN m.deleted_at IS NULL THEN 'false' ELSE 'true' END),
        'deleted_at', strftime('%Y-%m-%dT%H:%M:%S', m.deleted_at / 1000000, 'unixepoch') || printf('.%06dZ', m.deleted_at % 1000000),
        'created_at', strftime('%Y-%m-%dT%H:%M:%S', m.created_at / 1000000, 'unixepoch') || printf('.%06dZ', m.created_at % 1000000),
        'updated_at', strftime('%Y-%m-%dT%H:%M:%S', COALESCE(m.deleted_at, m.edited_at, m.created_at) / 1000000, 'unixepoch')
            || printf('.%06dZ', COALESCE(m.deleted_at, m.edited_at, m.created_at) % 1000000)
    ) AS BLOB)
FROM messages m LEFT JOIN users u ON u.id = m.user_id;
DROP TABLE messages;
ALTER TABLE messages_new RENAME TO messages;
-- For clients that come back: what was edited or deleted since. New messages are found by their seq.
CREATE INDEX messages_changed ON messages (room_id, version) WHERE version > created_version;
CREATE UNIQUE INDEX messages_by_client_id ON messages (room_id, user_id, client_message_id) WHERE client_message_id IS NOT NULL;
