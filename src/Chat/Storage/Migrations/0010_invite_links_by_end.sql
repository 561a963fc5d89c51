-- What is open of a group, and what of it is over, without a look at the rest.
DROP INDEX invite_links_by_room;
CREATE INDEX invite_links_by_end ON invite_links (room_id, expires_at);
