-- What a store carries for a bus on Kafka. Each statement may run twice.

-- How far the outbox has been relayed, by topic.
CREATE TABLE IF NOT EXISTS relay_positions (
    topic    VARCHAR(100) NOT NULL PRIMARY KEY,
    position BIGINT       NOT NULL
) ENGINE = InnoDB;

-- Which replica does what only one may do. The owner increases its beats; a replica that sees them unchanged takes over. No times: the
-- clocks of two machines need not agree.
CREATE TABLE IF NOT EXISTS leases (
    name  VARCHAR(100) NOT NULL PRIMARY KEY,
    owner VARCHAR(100) NOT NULL,
    beats BIGINT       NOT NULL
) ENGINE = InnoDB;
INSERT IGNORE INTO leases (name, owner, beats) VALUES ('relay', '', 0);

-- The events whose effect is in this store: what Kafka delivers again is passed over.
CREATE TABLE IF NOT EXISTS inbox (
    consumer_group VARCHAR(100) NOT NULL,
    topic          VARCHAR(100) NOT NULL,
    event_id       VARCHAR(36)  NOT NULL,
    handled_at     BIGINT       NOT NULL,
    PRIMARY KEY (consumer_group, topic, event_id),
    KEY inbox_by_age (topic, handled_at)
) ENGINE = InnoDB;
