-- As SQLite's 0006_mail.
CREATE TABLE IF NOT EXISTS mails (
    id              VARCHAR(36)  NOT NULL PRIMARY KEY,
    kind            VARCHAR(20)  NOT NULL,
    address         VARCHAR(255) NOT NULL,
    user_id         BIGINT,
    registration_id VARCHAR(36),
    language        VARCHAR(10)  NOT NULL,
    attempts        BIGINT       NOT NULL,
    next_at         BIGINT       NOT NULL,
    created_at      BIGINT       NOT NULL,
    expires_at      BIGINT       NOT NULL,
    dead_at         BIGINT,
    error           TEXT,
    KEY mails_due (dead_at, next_at)
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS mailed_tokens (
    hash            VARBINARY(64) NOT NULL PRIMARY KEY,
    purpose         VARCHAR(20)   NOT NULL,
    user_id         BIGINT,
    registration_id VARCHAR(36),
    email_key       VARCHAR(255)  NOT NULL,
    expires_at      BIGINT        NOT NULL,
    KEY mailed_tokens_by_address (email_key),
    KEY mailed_tokens_by_expiry (expires_at)
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS email_changes (
    user_id    BIGINT       NOT NULL PRIMARY KEY,
    email      VARCHAR(255) NOT NULL,
    email_key  VARCHAR(255) NOT NULL,
    expires_at BIGINT       NOT NULL,
    KEY email_changes_by_address (email_key)
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS registrations (
    id            VARCHAR(36)  NOT NULL PRIMARY KEY,
    email_key     VARCHAR(255) NOT NULL,
    email         VARCHAR(255) NOT NULL,
    username      VARCHAR(50)  NOT NULL,
    username_key  VARCHAR(50)  NOT NULL,
    password_hash VARCHAR(500) NOT NULL,
    display_name  VARCHAR(200),
    contested     BIGINT       NOT NULL,
    expires_at    BIGINT       NOT NULL,
    KEY registrations_by_address (email_key),
    KEY registrations_by_username (username_key)
) ENGINE = InnoDB;

ALTER TABLE users ADD COLUMN email_verified_at BIGINT;
