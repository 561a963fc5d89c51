-- As SQLite's 0005_search_terms.
CREATE TABLE IF NOT EXISTS search_terms (
    is_inside BIGINT      NOT NULL,
    term      VARCHAR(64) NOT NULL,
    user_id   BIGINT      NOT NULL,
    PRIMARY KEY (is_inside, term, user_id)
) ENGINE = InnoDB;

ALTER TABLE users
    ADD COLUMN has_search_terms BIGINT NOT NULL DEFAULT 0,
    ADD KEY users_by_search_terms (has_search_terms, id),
    DROP COLUMN display_key,
    DROP COLUMN display_initials;
