-- Where notifications are documents of MongoDB: what transactions have committed of them, until it is known to be there. A number is never
-- given twice.
CREATE TABLE IF NOT EXISTS document_log (
    number BIGINT   NOT NULL AUTO_INCREMENT PRIMARY KEY,
    data   LONGBLOB NOT NULL
) ENGINE = InnoDB;
