#!/bin/bash
# Runs once, on the empty data of each member, as a part of the image's own start. Accounts are made on every member and not replicated.
# bigtech may create its databases; a replica follows mysql-0 from the first transaction on, and takes writes from it only.
# The image reads this file instead of running it: no options of the shell are changed here.
docker_process_sql <<SQL
SET sql_log_bin = 0;
CREATE USER bigtech IDENTIFIED BY '$MYSQL_PASSWORD';
GRANT ALL ON \`bigtech\\_%\`.* TO bigtech;
CREATE USER replication IDENTIFIED BY '$MYSQL_REPLICATION_PASSWORD';
GRANT REPLICATION SLAVE ON *.* TO replication;
SQL
if [ "${HOSTNAME##*-}" != 0 ]; then
  docker_process_sql <<SQL
CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'mysql-0.mysql-members', SOURCE_USER = 'replication',
  SOURCE_PASSWORD = '$MYSQL_REPLICATION_PASSWORD', SOURCE_AUTO_POSITION = 1, SOURCE_SSL = 1;
SET PERSIST super_read_only = ON;
SQL
fi
