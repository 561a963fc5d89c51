-- The schema as SQLite's migrations 0001 to 0003 have made it. Each statement may run twice. Integers are BIGINT throughout, and texts
-- compare as bytes (utf8mb4_bin, the database's collation).

-- Accounts. The keys are the forms that are compared: without case, Korean composed (Domain/SearchKeys.cs).
CREATE TABLE IF NOT EXISTS users (
    id                BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    email             VARCHAR(255) NOT NULL,
    email_key         VARCHAR(255) NOT NULL,
    username          VARCHAR(50)  NOT NULL,
    username_key      VARCHAR(50)  NOT NULL,
    password_hash     VARCHAR(500) NOT NULL,
    display_name      VARCHAR(200) NOT NULL,
    display_key       VARCHAR(300) NOT NULL,
    display_initials  VARCHAR(300) NOT NULL,
    status_message    VARCHAR(1000),
    profile_image_url VARCHAR(1000),
    created_at        BIGINT       NOT NULL,
    updated_at        BIGINT       NOT NULL,
    UNIQUE KEY users_by_email (email_key),
    UNIQUE KEY users_by_username (username_key)
) ENGINE = InnoDB;

-- Sign-ins. An id that a token may still carry is never given to another session.
CREATE TABLE IF NOT EXISTS sessions (
    id           BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user_id      BIGINT NOT NULL,
    user_agent   TEXT,
    address      VARCHAR(200),
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    ended_at     BIGINT,
    KEY sessions_by_user (user_id, id),
    KEY sessions_by_expiry (expires_at),
    KEY sessions_by_end (ended_at)
) ENGINE = InnoDB;

-- SHA-256 of every refresh token that could still be presented, the used ones too.
CREATE TABLE IF NOT EXISTS refresh_tokens (
    hash       VARBINARY(64) NOT NULL PRIMARY KEY,
    session_id BIGINT        NOT NULL,
    expires_at BIGINT        NOT NULL,
    used_at    BIGINT,
    KEY refresh_tokens_by_expiry (expires_at)
) ENGINE = InnoDB;

-- What the User context remembers of blocks, from friend.events. A lifted block leaves its row, so that an old event that comes again
-- later cannot set it anew.
CREATE TABLE IF NOT EXISTS blocks (
    blocker_id BIGINT NOT NULL,
    blocked_id BIGINT NOT NULL,
    is_active  BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (blocker_id, blocked_id),
    KEY blocks_by_blocked (blocked_id, is_active, blocker_id)
) ENGINE = InnoDB;

-- Presence as friends see it. A row is written when what others see changes, or the wish to be seen.
CREATE TABLE IF NOT EXISTS presence (
    user_id      BIGINT NOT NULL PRIMARY KEY,
    is_online    BIGINT NOT NULL,
    last_seen_at BIGINT,                         -- null while online
    is_invisible BIGINT NOT NULL,
    version      BIGINT NOT NULL,                -- the version of presence_state at the last change that others see
    changed_at   BIGINT NOT NULL,                -- the time of that change
    KEY presence_online (is_online)
) ENGINE = InnoDB;

-- What the User context remembers of friendships, from friend.events: a row for each of the two. One that ended leaves its rows, so that an
-- old event that comes again later cannot bring it back, and so that a client that was away learns of the end.
CREATE TABLE IF NOT EXISTS friends (
    user_id    BIGINT NOT NULL,
    friend_id  BIGINT NOT NULL,
    is_active  BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    version    BIGINT NOT NULL,
    PRIMARY KEY (user_id, friend_id)
) ENGINE = InnoDB;

-- One row: the version counts every change that an online-status stream tells, and alive_at is the last time at which the server is known
-- to have run.
CREATE TABLE IF NOT EXISTS presence_state (
    id       BIGINT NOT NULL PRIMARY KEY,
    version  BIGINT NOT NULL,
    alive_at BIGINT NOT NULL
) ENGINE = InnoDB;
INSERT IGNORE INTO presence_state (id, version, alive_at) VALUES (1, 0, 0);
