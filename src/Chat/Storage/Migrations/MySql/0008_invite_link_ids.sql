-- An invite link has an id besides its code, so that revoking one does not put the code into paths and logs.
ALTER TABLE invite_links
    DROP PRIMARY KEY,
    ADD COLUMN id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY FIRST,
    ADD UNIQUE KEY invite_links_by_code (code);
