#!/usr/bin/env bash
# Starts an image as it is to be run (root file system read-only, no privileges) and waits until it says that it is healthy. Needs Docker.
# Usage: build/try-image.sh IMAGE
set -euo pipefail
image=${1:?Usage: build/try-image.sh IMAGE}

docker run --rm "$image" --version
container=$(docker run --detach --read-only --cap-drop ALL --security-opt no-new-privileges --tmpfs /tmp --mount type=volume,target=/data "$image")
trap 'docker rm --force --volumes "$container" >/dev/null' EXIT
for _ in $(seq 60); do
  state=$(docker inspect --format '{{.State.Status}} {{.State.Health.Status}}' "$container")
  case $state in
    "running healthy")
      docker stop --time 30 "$container" >/dev/null
      code=$(docker inspect --format '{{.State.ExitCode}}' "$container")
      echo "healthy; stopped with $code; $(docker image inspect --format '{{.Size}}' "$image") bytes"
      exit "$code"
      ;;
    running*) sleep 2 ;;
    *) break ;;
  esac
done
docker logs "$container" >&2
echo "The container is not healthy: $state" >&2
exit 1
