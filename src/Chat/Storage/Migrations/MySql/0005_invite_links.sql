-- Links to groups. A user who has the link can join its group.
CREATE TABLE IF NOT EXISTS invite_links (
    code       VARCHAR(50) NOT NULL PRIMARY KEY,
    room_id    BIGINT      NOT NULL,
    created_by BIGINT      NOT NULL,
    created_at BIGINT      NOT NULL,
    expires_at BIGINT      NOT NULL,
    max_uses   BIGINT,                                   -- null: as many as want
    uses       BIGINT      NOT NULL,
    KEY invite_links_by_room (room_id)
) ENGINE = InnoDB;
