-- What is open of a group, and what of it is over, without a look at the rest.
ALTER TABLE invite_links DROP KEY invite_links_by_room, ADD KEY invite_links_by_end (room_id, expires_at);
