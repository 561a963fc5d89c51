-- The schema as SQLite's migrations 0001 and 0002 have made it. Each statement may run twice. Integers are BIGINT throughout, and texts
-- compare as bytes (utf8mb4_bin, the database's collation).

-- One row for two people, whatever is between them: the unique key decides when both command at once. The keys of the lists begin with
-- the status, because there are no indexes of a part of a table here.
CREATE TABLE IF NOT EXISTS friendships (
    id           BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    low_id       BIGINT       NOT NULL,
    high_id      BIGINT       NOT NULL,
    status       VARCHAR(20)  NOT NULL,            -- pending | accepted | rejected | cancelled | ended
    requester_id BIGINT       NOT NULL,
    addressee_id BIGINT       NOT NULL,
    message      VARCHAR(1000),
    requested_at BIGINT       NOT NULL,
    changed_at   BIGINT       NOT NULL,
    version      BIGINT       NOT NULL,
    UNIQUE KEY friendships_by_pair (low_id, high_id),
    KEY friends_of_low (low_id, status, changed_at, id),
    KEY friends_of_high (high_id, status, changed_at, id),
    KEY requests_sent (requester_id, status, changed_at, id),
    KEY requests_received (addressee_id, status, changed_at, id),
    KEY friendships_changed_of_low (low_id, version),
    KEY friendships_changed_of_high (high_id, version),
    CHECK (low_id < high_id),
    CHECK ((requester_id = low_id AND addressee_id = high_id) OR (requester_id = high_id AND addressee_id = low_id))
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS blocks (
    blocker_id BIGINT NOT NULL,
    blocked_id BIGINT NOT NULL,
    blocked_at BIGINT NOT NULL,
    PRIMARY KEY (blocker_id, blocked_id),
    KEY blocks_by_time (blocker_id, blocked_at, blocked_id),
    CHECK (blocker_id <> blocked_id)
) ENGINE = InnoDB;

-- Every change of a friendship takes the next number of one row, so that a stream can tell what came after a snapshot.
CREATE TABLE IF NOT EXISTS friendships_state (
    id      BIGINT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL
) ENGINE = InnoDB;
INSERT IGNORE INTO friendships_state (id, version) VALUES (1, 0);
