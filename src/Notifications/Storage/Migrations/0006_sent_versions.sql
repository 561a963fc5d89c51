-- The user's version when a notification was first sent: a stream alerts when that is above what its client knows. 0: not sent, or sent before
-- this column was there.
ALTER TABLE notifications ADD COLUMN sent_version INTEGER NOT NULL DEFAULT 0;
