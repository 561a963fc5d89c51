-- What every context's store carries for its events.

-- The log of the topics that this context owns: appended in the transaction of the change that each event tells.
-- Clustered by topic, so that a consumer reads what it wants and nothing else. The newest event always stays (see EventLog.Trim): the
-- next position is counted from it.
CREATE TABLE outbox (
    topic       TEXT    NOT NULL,
    position    INTEGER NOT NULL,
    event_key   TEXT    NOT NULL,
    event_id    TEXT    NOT NULL,
    type        TEXT    NOT NULL,
    time        INTEGER NOT NULL,
    traceparent TEXT,
    data        BLOB    NOT NULL,
    PRIMARY KEY (topic, position)
) WITHOUT ROWID;

-- How far this context, as a consumer group, has handled each topic of the others: moved in the transaction of the effect.
CREATE TABLE consumer_offsets (
    consumer_group TEXT    NOT NULL,
    topic          TEXT    NOT NULL,
    position       INTEGER NOT NULL,
    PRIMARY KEY (consumer_group, topic)
) WITHOUT ROWID;

-- Events that kept failing here: the topic "<topic>.dlq" of this consumer group.
CREATE TABLE dead_letters (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    consumer_group TEXT    NOT NULL,
    topic          TEXT    NOT NULL,
    event_key      TEXT    NOT NULL,
    event_id       TEXT    NOT NULL,
    type           TEXT    NOT NULL,
    time           INTEGER NOT NULL,
    traceparent    TEXT,
    data           BLOB    NOT NULL,
    error          TEXT    NOT NULL,
    attempts       INTEGER NOT NULL,
    failed_at      INTEGER NOT NULL
);
CREATE INDEX dead_letters_by_topic ON dead_letters (consumer_group, topic, id);
