-- Who removed a member from a group: they do not come back by an invite link. Null for who is in, and for who left by themselves.
ALTER TABLE members ADD COLUMN removed_by INTEGER;
