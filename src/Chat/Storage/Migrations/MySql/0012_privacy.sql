-- What users reserve to their friends, from user.events. Who lets everyone again keeps their row, so that an old event that comes again later
-- cannot set it anew.
CREATE TABLE IF NOT EXISTS privacy (
    user_id               BIGINT NOT NULL PRIMARY KEY,
    friends_only_messages BIGINT NOT NULL,
    friends_only_groups   BIGINT NOT NULL,
    changed_at            BIGINT NOT NULL,
    turn                  BIGINT NOT NULL,
    KEY privacy_by_turn (turn)
) ENGINE = InnoDB;

-- Whether a member has sent a message to the room. Members from before this column count as if they had: their conversations go on.
ALTER TABLE members ADD COLUMN has_written BIGINT NOT NULL DEFAULT 1;
