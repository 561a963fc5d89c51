-- Mails that wait to be sent. What a mail says, and whether there is something to say, is decided when it is sent (Storage/MailOutbox.cs); a
-- sent one leaves no row. One that cannot be delivered stays for a while as a dead letter.
CREATE TABLE mails (
    id              TEXT    NOT NULL PRIMARY KEY,
    kind            TEXT    NOT NULL,            -- password_reset | verification | password_changed | address_changed
    address         TEXT    NOT NULL,
    user_id         INTEGER,                     -- null where it is about a registration, or the address alone says what it is about
    registration_id TEXT,
    language        TEXT    NOT NULL,            -- en | ko
    attempts        INTEGER NOT NULL,
    next_at         INTEGER NOT NULL,            -- when it is due; while a process sends it, when that one has lost it
    created_at      INTEGER NOT NULL,
    expires_at      INTEGER NOT NULL,            -- after it the mail is of no use
    dead_at         INTEGER,
    error           TEXT
) WITHOUT ROWID;
CREATE INDEX mails_due ON mails (next_at) WHERE dead_at IS NULL;

-- SHA-256 of the secrets in mails. The secrets themselves are stored nowhere.
CREATE TABLE mailed_tokens (
    hash            BLOB    NOT NULL PRIMARY KEY,
    purpose         TEXT    NOT NULL,            -- password_reset | verification | registration
    user_id         INTEGER,                     -- null for a registration
    registration_id TEXT,
    email_key       TEXT    NOT NULL,            -- the address that the holder of the secret has read mail of
    expires_at      INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX mailed_tokens_by_address ON mailed_tokens (email_key);
CREATE INDEX mailed_tokens_by_expiry ON mailed_tokens (expires_at);

-- When the present address of an account was verified.
ALTER TABLE users ADD COLUMN email_verified_at INTEGER;

-- Addresses that users want in place of theirs, until they are verified.
CREATE TABLE email_changes (
    user_id    INTEGER PRIMARY KEY,
    email      TEXT    NOT NULL,
    email_key  TEXT    NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE INDEX email_changes_by_address ON email_changes (email_key);

-- Accounts that will exist when their address is verified, where that is required. A row says nothing of whether the address has an account.
-- An address can have several, as not all of them need be its holder's.
CREATE TABLE registrations (
    id            TEXT    NOT NULL PRIMARY KEY,
    email_key     TEXT    NOT NULL,
    email         TEXT    NOT NULL,
    username      TEXT    NOT NULL,
    username_key  TEXT    NOT NULL,
    password_hash TEXT    NOT NULL,
    display_name  TEXT,
    contested     INTEGER NOT NULL,              -- how often the address was registered beside it: then its code needs the password
    expires_at    INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX registrations_by_address ON registrations (email_key);
CREATE INDEX registrations_by_username ON registrations (username_key);
