-- What every context's store carries for its events. Each statement may run twice: these engines commit every one by itself.

-- One row, which every write transaction takes before anything else: so the transactions of all the replicas run one after the other.
-- turn counts them; position is that of the last event in the outbox.
CREATE TABLE IF NOT EXISTS store_writer (
    id       BIGINT NOT NULL PRIMARY KEY,
    position BIGINT NOT NULL,
    turn     BIGINT NOT NULL
) ENGINE = InnoDB;
INSERT IGNORE INTO store_writer (id, position, turn) VALUES (1, 0, 0);

-- The log of the topics that this context owns: appended in the transaction of the change that each event tells.
CREATE TABLE IF NOT EXISTS outbox (
    topic       VARCHAR(100) NOT NULL,
    position    BIGINT       NOT NULL,
    event_key   VARCHAR(255) NOT NULL,
    event_id    VARCHAR(36)  NOT NULL,
    type        VARCHAR(200) NOT NULL,
    time        BIGINT       NOT NULL,
    traceparent VARCHAR(100),
    data        LONGBLOB     NOT NULL,
    PRIMARY KEY (topic, position)
) ENGINE = InnoDB;

-- How far this context, as a consumer group, has handled each topic of the others: moved in the transaction of the effect.
CREATE TABLE IF NOT EXISTS consumer_offsets (
    consumer_group VARCHAR(100) NOT NULL,
    topic          VARCHAR(100) NOT NULL,
    position       BIGINT       NOT NULL,
    PRIMARY KEY (consumer_group, topic)
) ENGINE = InnoDB;

-- Events that kept failing here: the topic "<topic>.dlq" of this consumer group.
CREATE TABLE IF NOT EXISTS dead_letters (
    id             BIGINT       NOT NULL AUTO_INCREMENT PRIMARY KEY,
    consumer_group VARCHAR(100) NOT NULL,
    topic          VARCHAR(100) NOT NULL,
    event_key      VARCHAR(255) NOT NULL,
    event_id       VARCHAR(36)  NOT NULL,
    type           VARCHAR(200) NOT NULL,
    time           BIGINT       NOT NULL,
    traceparent    VARCHAR(100),
    data           LONGBLOB     NOT NULL,
    error          LONGTEXT     NOT NULL,
    attempts       BIGINT       NOT NULL,
    failed_at      BIGINT       NOT NULL,
    KEY dead_letters_by_topic (consumer_group, topic, id)
) ENGINE = InnoDB;
