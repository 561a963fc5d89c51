#!/usr/bin/env bash
# Runs the tests that can use a real Kafka, MongoDB and MySQL against those of deploy/compose/compose.test.yaml. Needs Docker.
set -euo pipefail
cd "$(dirname "$0")/.."
compose=(docker compose --file deploy/compose/compose.test.yaml)

trap '"${compose[@]}" down --volumes' EXIT
"${compose[@]}" up --detach --wait
export KAFKA_TEST_BOOTSTRAP=localhost:9093 MONGO_TEST_URI="mongodb://localhost:27018/?replicaSet=rs0"
export MYSQL_TEST_CONNECTION="Server=127.0.0.1;Port=3307;User ID=root;SslMode=Preferred;AllowPublicKeyRetrieval=true"
./test.sh engines
