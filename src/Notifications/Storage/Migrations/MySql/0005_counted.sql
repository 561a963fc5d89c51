-- What an unread notification stands for, such as 3-7,9: the places of its messages. Rows without it stand for their newest places.
ALTER TABLE notifications ADD COLUMN counted MEDIUMTEXT;
