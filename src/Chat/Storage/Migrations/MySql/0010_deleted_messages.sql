-- Deleted messages keep their places and are unread no more: the unread count of a member leaves them out.
ALTER TABLE changed_messages ADD COLUMN is_deleted BIGINT NOT NULL DEFAULT 0;
