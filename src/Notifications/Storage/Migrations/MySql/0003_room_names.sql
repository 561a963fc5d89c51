-- A group's name changes: an event that comes again, or late, must not bring an old one back.
ALTER TABLE rooms ADD COLUMN name_version BIGINT NOT NULL DEFAULT 0;
