-- Names as a search compares them, from each of their characters on (Domain/SearchText.cs): what begins with the searched text is one range
-- of the key. First the starts of names, then what is inside of them.
CREATE TABLE search_terms (
    is_inside INTEGER NOT NULL,
    term      TEXT    NOT NULL,
    user_id   INTEGER NOT NULL,
    PRIMARY KEY (is_inside, term, user_id)
) WITHOUT ROWID;

-- SQL cannot compute the terms: the program does it, for those who signed up before.
ALTER TABLE users ADD COLUMN has_search_terms INTEGER NOT NULL DEFAULT 0;
CREATE INDEX users_without_search_terms ON users (id) WHERE has_search_terms = 0;

DROP INDEX users_for_search;
ALTER TABLE users DROP COLUMN display_key;
ALTER TABLE users DROP COLUMN display_initials;
