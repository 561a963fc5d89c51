#!/usr/bin/env bash
# Installs what the tests need, builds everything with warnings as errors, checks the format, runs all tests.
# Usage: ./test.sh [PROJECT ...]   e.g. ./test.sh Unit EndToEnd; without names, all of them.
set -euo pipefail
cd "$(dirname "$0")"

projects=("$@")
[ ${#projects[@]} -gt 0 ] || projects=(Unit Architecture Integration EndToEnd)

# A missing SDK is the one thing that cannot be installed from here.
command -v dotnet >/dev/null || { echo "The .NET 10 SDK is needed: https://dotnet.microsoft.com/download" >&2; exit 2; }

# The embedded product needs nothing but the SDK. The distributed one is tested on the real engines, which the tests start themselves, on free
# ports and with their data in temporary folders: nothing runs as a service of the system.
packages=(mariadb-server redis-server librdkafka1 libmongoc-1.0-0)
missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "== install ${missing[*]}"
  as_root=(); [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  # No service is started by being installed.
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

# Thousands of streams are thousands of open files.
ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
# A busy machine may need more than the usual 90 s to start the processes that run the tests and watch over them.
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 VSTEST_CONNECTION_TIMEOUT=600

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

echo "== build"
dotnet build BigTechChat.slnx -c Release --nologo -v quiet
echo "== format"
dotnet format BigTechChat.slnx --no-restore --verify-no-changes

status=0
runs=()
run() { # NAME PROJECT [ARGUMENT ...]
  local name=$1 project=$2
  shift 2
  runs+=("$name")
  echo "== tests/$name"
  # When no test has begun or ended for so long, one hangs: the run ends, and names it. Only with a dump do the tests' own processes end too.
  dotnet test "tests/$project" -c Release --no-build --nologo "$@" \
    --blame-hang-timeout 5m --blame-hang-dump-type mini \
    --logger "trx;LogFileName=$name.trx" --logger "console;verbosity=minimal" --results-directory "$results" || status=1
}
for project in "${projects[@]}"; do
  SCENARIO_TOPOLOGY=all run "$project" "$project"
  # The scenarios a second time, against separate services behind the gateway.
  if [ "$project" = EndToEnd ]; then
    SCENARIO_TOPOLOGY=services run EndToEnd-services EndToEnd --filter 'Suite=Scenarios&Topology!=OneProcess'
  fi
done

# One closing line over all runs. A run that left no result has failed, whatever it printed.
passed=0 failed=0 skipped=0
for name in "${runs[@]}"; do
  counters=$(grep -o '<Counters [^>]*>' "$results/$name.trx" 2>/dev/null) || { echo "tests/$name ran no tests" >&2; status=1; continue; }
  count() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"; }
  total=$(count total) executed=$(count executed)
  [ "$executed" -gt 0 ] || { echo "tests/$name ran no tests" >&2; status=1; }
  passed=$((passed + $(count passed))) failed=$((failed + executed - $(count passed))) skipped=$((skipped + total - executed))
done
[ "$skipped" -eq 0 ] || { echo "$skipped tests did not run" >&2; status=1; }
echo "$passed passed, $failed failed"
exit $status
