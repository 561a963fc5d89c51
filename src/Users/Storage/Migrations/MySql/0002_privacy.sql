-- Who may reach a user. Only users who have changed a setting have a row; to all others the defaults apply.
CREATE TABLE IF NOT EXISTS privacy (
    user_id               BIGINT      NOT NULL PRIMARY KEY,
    who_may_message       VARCHAR(20) NOT NULL,      -- everyone | friends
    who_may_add_to_groups VARCHAR(20) NOT NULL,      -- everyone | friends
    findable_by_email     BIGINT      NOT NULL,
    changed_at            BIGINT      NOT NULL
) ENGINE = InnoDB;
