#!/bin/bash
# Runs beside each start of a member, until the set is as it should be. Where that takes longer than this, the container ends and starts again;
# its log and the event of the pod say why.
set -o pipefail
timeout 280 bash -c '
  until mongosh --quiet --eval "db.adminCommand({ ping: 1 })" >/dev/null 2>&1; do sleep 1; done
  exec mongosh --quiet /scripts/member.js
' 2>&1 | { tee /proc/1/fd/1 || true; }
