-- Deleted messages keep their places and are unread no more: the unread count of a member leaves them out.
ALTER TABLE changed_messages ADD COLUMN is_deleted INTEGER NOT NULL DEFAULT 0;
UPDATE changed_messages SET is_deleted = 1 WHERE EXISTS (
    SELECT 1 FROM messages m WHERE m.room_id = changed_messages.room_id AND m.seq = changed_messages.seq
        AND json_extract(CAST(m.body AS TEXT), '$.is_deleted') = 1);
