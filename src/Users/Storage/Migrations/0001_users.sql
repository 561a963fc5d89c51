-- Accounts. The keys are the forms that are compared: without case, Korean composed (Domain/SearchKeys.cs).
CREATE TABLE users (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    email             TEXT    NOT NULL,
    email_key         TEXT    NOT NULL,
    username          TEXT    NOT NULL,
    username_key      TEXT    NOT NULL,
    password_hash     TEXT    NOT NULL,
    display_name      TEXT    NOT NULL,
    display_key       TEXT    NOT NULL,
    display_initials  TEXT    NOT NULL,
    status_message    TEXT,
    profile_image_url TEXT,
    created_at        INTEGER NOT NULL,
    updated_at        INTEGER NOT NULL
);
CREATE UNIQUE INDEX users_by_email ON users (email_key);
CREATE UNIQUE INDEX users_by_username ON users (username_key);
-- A search looks inside names, so it walks all of them: over this narrow index, not over the table.
CREATE INDEX users_for_search ON users (username_key, display_key, display_initials, email_key);

-- Sign-ins. AUTOINCREMENT: an id that a token may still carry is never given to another session.
CREATE TABLE sessions (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id      INTEGER NOT NULL,
    user_agent   TEXT,
    address      TEXT,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    ended_at     INTEGER
);
CREATE INDEX sessions_by_user ON sessions (user_id, id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_by_end ON sessions (ended_at) WHERE ended_at IS NOT NULL;

-- SHA-256 of every refresh token that could still be presented, the used ones too.
CREATE TABLE refresh_tokens (
    hash       BLOB    NOT NULL PRIMARY KEY,
    session_id INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) WITHOUT ROWID;
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (expires_at);
