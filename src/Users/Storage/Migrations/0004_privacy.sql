-- Who may reach a user. Only users who have changed a setting have a row; to all others the defaults apply.
CREATE TABLE privacy (
    user_id               INTEGER PRIMARY KEY,
    who_may_message       TEXT    NOT NULL,      -- everyone | friends
    who_may_add_to_groups TEXT    NOT NULL,      -- everyone | friends
    findable_by_email     INTEGER NOT NULL,
    changed_at            INTEGER NOT NULL
);
