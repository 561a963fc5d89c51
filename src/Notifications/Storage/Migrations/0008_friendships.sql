-- A friendship that ends takes the news of its acceptance with it, as a request that ends takes itself.
DROP INDEX notifications_of_friendship;
CREATE INDEX notifications_of_friendship ON notifications (friendship_id) WHERE friendship_id IS NOT NULL;
