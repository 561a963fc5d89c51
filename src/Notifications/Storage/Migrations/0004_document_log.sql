-- Where notifications are documents of MongoDB: what transactions have committed of them, until it is known to be there. A number is never
-- given twice.
CREATE TABLE document_log (
    number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    data   BLOB    NOT NULL
);
