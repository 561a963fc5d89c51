-- For the other replicas: the rooms that a transaction has changed, as ids between commas, by the turn of store_writer. One row for all of them, in
-- place of a change, and its cleaning up, in an index of the rooms for each. Old rows are deleted.
CREATE TABLE IF NOT EXISTS room_turns (
    turn  BIGINT   NOT NULL PRIMARY KEY,
    rooms LONGTEXT NOT NULL
) ENGINE = InnoDB;
ALTER TABLE rooms DROP KEY rooms_by_turn, DROP COLUMN turn;
