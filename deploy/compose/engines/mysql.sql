-- The account of the services, which the image has created, makes the databases of its prefix.
GRANT ALL ON `bigtech\_%`.* TO bigtech;
