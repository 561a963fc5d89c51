-- What a store carries for a bus on Kafka.

-- How far the outbox has been relayed, by topic.
CREATE TABLE relay_positions (
    topic    TEXT    NOT NULL PRIMARY KEY,
    position INTEGER NOT NULL
) WITHOUT ROWID;

-- Which replica does what only one may do. The owner increases its beats; a replica that sees them unchanged takes over. No times: the
-- clocks of two machines need not agree.
CREATE TABLE leases (
    name  TEXT    NOT NULL PRIMARY KEY,
    owner TEXT    NOT NULL,
    beats INTEGER NOT NULL
) WITHOUT ROWID;
INSERT INTO leases (name, owner, beats) VALUES ('relay', '', 0);

-- The events whose effect is in this store: what Kafka delivers again is passed over.
CREATE TABLE inbox (
    consumer_group TEXT    NOT NULL,
    topic          TEXT    NOT NULL,
    event_id       TEXT    NOT NULL,
    handled_at     INTEGER NOT NULL,
    PRIMARY KEY (consumer_group, topic, event_id)
) WITHOUT ROWID;
CREATE INDEX inbox_by_age ON inbox (topic, handled_at);
