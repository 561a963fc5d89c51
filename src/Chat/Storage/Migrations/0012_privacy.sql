-- What users reserve to their friends, from user.events. Who lets everyone again keeps their row, so that an old event that comes again later
-- cannot set it anew.
CREATE TABLE privacy (
    user_id               INTEGER PRIMARY KEY,
    friends_only_messages INTEGER NOT NULL,
    friends_only_groups   INTEGER NOT NULL,
    changed_at            INTEGER NOT NULL
);

-- Whether a member has sent a message to the room. Members from before this column count as if they had: their conversations go on.
ALTER TABLE members ADD COLUMN has_written INTEGER NOT NULL DEFAULT 1;
