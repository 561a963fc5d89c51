UPDATE changed_messages c JOIN messages m ON m.room_id = c.room_id AND m.seq = c.seq
SET c.is_deleted = 1 WHERE JSON_EXTRACT(CONVERT(m.body USING utf8mb4), '$.is_deleted') = true;
