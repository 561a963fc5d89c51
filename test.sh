#!/usr/bin/env bash
# Builds everything and runs the tests; ./test.sh --help says how.
set -euo pipefail
cd "$(dirname "$0")"

suites=(fast engines e2e services faults browser deploy)
results=artifacts/tests
flaky=$results/flaky.txt
# More failures than this are no accident of a busy machine: they get no second chance.
max_second_chances=10

usage() {
  cat <<'END'
Usage: ./test.sh [SUITE ...]

Installs what the suites need, builds everything with warnings as errors and runs the suites. Without names it runs all of them:

  fast      the format, tests/Unit, tests/Architecture, and what tests/Integration tests on SQLite and in memory; needs only the SDK
  engines   what tests/Integration tests on MariaDB, Redis, Kafka's protocol and MongoDB's
  e2e       tests/EndToEnd against one process
  services  the scenarios of tests/EndToEnd against separate services behind the gateway
  faults    tests/EndToEnd against a cluster, and what a cluster survives
  browser   tests/Browser: pages of a real Chromium against the real server
  deploy    tests/Deployment: the files in deploy/ and .github/, checked by the programs that read them and beside the real server

A failed test of any suite but fast runs once more, alone and in a new process. If it passes then, the run is green, and the test is named as
flaky in the last lines and, with both outputs, in artifacts/tests/flaky.txt. Beside that file are the results and outputs of every run.

On Debian and Ubuntu it installs what is missing of: mariadb-server redis-server (all suites but fast); chromium (browser); docker-compose
python3-setuptools nginx-light nodejs npm prometheus prometheus-alertmanager and four of its exporters, shellcheck sqlite3 systemd (deploy).

Environment:
  TEST_PATIENCE  multiplies how long the tests wait for what must happen: 1, or 5 where CI=true
END
}

suite_of() { # RUN
  case $1 in
    format | unit | architecture | embedded) echo fast ;;
    *) echo "$1" ;;
  esac
}

selected=()
for name in "$@"; do
  case " ${suites[*]} " in
    *" $name "*) selected+=("$name") ;;
    *)
      case $name in -h | --help) usage; exit 0 ;; esac
      echo "There is no suite '$name'. The suites: ${suites[*]}." >&2
      exit 2
      ;;
  esac
done
[ ${#selected[@]} -gt 0 ] || selected=("${suites[@]}")

# A missing SDK is the one thing that cannot be installed from here.
command -v dotnet >/dev/null || { echo "The .NET 10 SDK is needed: https://dotnet.microsoft.com/download" >&2; exit 2; }

# The embedded product needs nothing but the SDK. The distributed one is tested on the real engines, which the tests start themselves, on free
# ports and with their data in temporary folders: nothing runs as a service of the system.
engines=(mariadb-server redis-server)
# What reads the files in deploy/: tests start these, too.
# docker-compose of Ubuntu 24.04 does not start without the modules of setuptools, and does not ask for them.
readers=(docker-compose python3-setuptools nginx-light prometheus prometheus-alertmanager prometheus-blackbox-exporter prometheus-mysqld-exporter
  prometheus-node-exporter prometheus-redis-exporter shellcheck sqlite3 systemd)
# Some of them are packages of npm, which the tests install into their own folder. Many systems have a Node.js that is no package.
command -v npm >/dev/null || readers+=(nodejs npm)

# Any browser of this family will do, and most systems with a screen have one.
browsers=()
command -v chromium >/dev/null || command -v google-chrome >/dev/null || command -v chromium-browser >/dev/null || browsers=(chromium)

install() { # PACKAGE...
  local package missing=() as_root=()
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "== install ${missing[*]}"
  [ "$(id -u)" -eq 0 ] || as_root=(sudo)
  # No service is started by being installed.
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
needed=()
for name in "${selected[@]}"; do
  case $name in
    fast) ;;
    browser) needed+=("${browsers[@]}") ;;
    deploy) needed+=("${engines[@]}" "${readers[@]}") ;;
    *) needed+=("${engines[@]}") ;;
  esac
done
if [ ${#needed[@]} -gt 0 ]; then
  mapfile -t needed < <(printf '%s\n' "${needed[@]}" | sort -u)
  install "${needed[@]}"
fi

# Thousands of streams are thousands of open files.
ulimit -n "$(ulimit -Hn)" 2>/dev/null || true
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# Programs that run for seconds end before a profile of them pays.
export DOTNET_TieredPGO=0
export TEST_PATIENCE=${TEST_PATIENCE:-$([ "${CI:-}" = true ] && echo 5 || echo 1)}
# In seconds: from when a test is named as one that may hang, and how long all tests of a run may take.
long_test=$((60 * TEST_PATIENCE)) longest_run=$((900 + 180 * TEST_PATIENCE))

rm -rf "$results"
mkdir -p "$results"
groups=()
end_groups() { for group in "${groups[@]}"; do kill -- "-$group" 2>/dev/null || true; done; }
trap end_groups EXIT

echo "== build"
dotnet build BigTechChat.slnx -c Release --nologo -v quiet

# What a run of tests takes: a project, and of its tests those that its traits name. No test is outside of all runs.
test_project() { # RUN NAME [FILTER...]
  local run=$1 name=$2 project=EndToEnd filter=() topology=all
  shift 2
  case $run in
    unit) project=Unit ;;
    architecture) project=Architecture ;;
    deploy) project=Deployment ;;
    browser) project=Browser ;;
    embedded) project=Integration filter=(-trait- Suite=Engines) ;;
    engines) project=Integration filter=(-trait Suite=Engines) ;;
    e2e) filter=(-trait- Suite=Faults) ;;
    services) filter=(-trait Suite=Scenarios -trait- Topology=OneProcess) topology=services ;;
    faults) filter=(-trait Suite=Faults) topology=none ;;
  esac
  [ $# -eq 0 ] || filter=("$@")
  # The tests are a program. One that hangs is named after a while, and the run ends.
  TEST_SUITE=$run SCENARIO_TOPOLOGY=$topology timeout --foreground --kill-after=10 "$longest_run" dotnet "tests/$project/bin/Release/net10.0/$project.dll" \
    -noLogo -noColor -longRunning "$long_test" "${filter[@]}" -trx "$results/$name.trx"
}

run_one() { # RUN; leaves its output and its exit code in files
  local run=$1 code=0 started=$SECONDS
  if [ "$run" = format ]; then
    # The rules of style are warnings, and with that errors of the build.
    dotnet format whitespace . --folder --verify-no-changes --exclude '**/obj' '**/bin'
  else
    test_project "$run" "$run"
  fi >"$results/$run.log" 2>&1 || code=$?
  echo $code >"$results/$run.code"
  printf '== %s (%d s)\n%s\n' "$run" $((SECONDS - started)) "$(cat "$results/$run.log")"
}

# The runs share nothing. Each keeps two processors busy: more of them at once only make each other late. Each is a group of processes, to be
# ended as one.
at_once=$(($(nproc 2>/dev/null || echo 2) / 2)) runs=()
for run in format unit architecture embedded engines e2e services faults browser deploy; do
  case " ${selected[*]} " in *" $(suite_of "$run") "*) runs+=("$run") ;; esac
done
set -m
for run in "${runs[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge $((at_once > 1 ? at_once : 1)) ]; do wait -n || true; done
  run_one "$run" &
  groups+=($!)
done
wait
set +m
groups=()

# What stands in a file of results. Names of tests are as XML has them.
results_with() { grep -o '<UnitTestResult [^>]*' "$2" 2>/dev/null | grep "outcome=\"$1\"" | sed 's/.* testName="\([^"]*\)".*/\1/'; }
count() { grep -o '<Counters [^>]*' "$results/$1.trx" | sed -n "s/.* $2=\"\([0-9]*\)\".*/\1/p"; }
plain() { sed 's/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&apos;/'"'"'/g; s/&#x[AD];/ /g; s/&amp;/\&/g'; }
output_of() { # NAME FILE
  TEST=$1 awk 'index($0, "<UnitTestResult ") && index($0, "testName=\"" ENVIRON["TEST"] "\"") { on = 1 }
    on { print }
    on && (index($0, "</UnitTestResult>") || (index($0, "<UnitTestResult ") && /\/>[[:space:]]*$/)) { exit }' "$2" | plain
}

# Runs the failed tests of a run once more. Whether all of them passed then is the answer; each that did is in the list of the flaky.
second_chance() { # RUN
  local run=$1 failed name filter=() all_passed=0
  failed=$(results_with Failed "$results/$run.trx" | sort -u)
  [ "$(suite_of "$run")" != fast ] || return 1
  # A run that was cut short has more to answer for than its failed tests.
  [ -n "$failed" ] && grep -qE 'Total: [0-9]+, Errors: 0,' "$results/$run.log" || return 1
  [ "$(wc -l <<<"$failed")" -le $max_second_chances ] || return 1
  for name in $(sed 's/(.*//' <<<"$failed" | sort -u); do filter+=(-method "$name"); done
  echo "== $run: the failed tests once more"
  test_project "$run" "$run-again" "${filter[@]}" >"$results/$run-again.log" 2>&1 || true
  cat "$results/$run-again.log"
  while read -r name; do
    # Rows of a theory may look alike.
    if ! results_with Passed "$results/$run-again.trx" | grep -qFx -- "$name" || results_with Failed "$results/$run-again.trx" | grep -qFx -- "$name"; then
      all_passed=1
      continue
    fi
    flaky_tests+=("$(plain <<<"$name")")
    {
      echo "flaky: $(plain <<<"$name") ($run)"
      printf '\n-- first\n%s\n' "$(output_of "$name" "$results/$run.trx")"
      printf '\n-- second\n%s\n\n' "$(output_of "$name" "$results/$run-again.trx")"
    } >>"$flaky"
  done <<<"$failed"
  return $all_passed
}

# One closing line over all runs. A run that left no result has failed, whatever it printed.
status=0 passed=0 failed=0 flaky_tests=()
for run in "${runs[@]}"; do
  [ "$(cat "$results/$run.code" 2>/dev/null)" = 0 ] || second_chance "$run" || { status=1; echo "$run failed" >&2; }
  [ "$run" != format ] || continue
  executed=$(count "$run" executed 2>/dev/null) || executed=0
  [ "${executed:-0}" -gt 0 ] || { echo "$run ran no tests" >&2; status=1; continue; }
  passed=$((passed + $(count "$run" passed))) failed=$((failed + executed - $(count "$run" passed)))
  not_run=$(($(count "$run" total) - executed))
  [ "$not_run" -eq 0 ] || { echo "$not_run tests of $run did not run" >&2; status=1; }
done
for name in "${flaky_tests[@]}"; do echo "flaky: $name"; done
echo "$((passed + ${#flaky_tests[@]})) passed, $((failed - ${#flaky_tests[@]})) failed"
exit $status
