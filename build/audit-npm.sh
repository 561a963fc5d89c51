#!/usr/bin/env bash
# Fails when a package that the TypeScript client brings to its users has a known vulnerability of any severity. Exit codes: 0 none, 1 found
# some, 4 the registry did not answer, or knows of no vulnerability at all, so that its silence says nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# FOLDER: what npm says about its lock file. An answer without a total is a failure, as is none.
count_vulnerable() {
  (cd "$1" && npm audit --omit=dev --package-lock-only --json) >"$scratch/audit.json" 2>"$scratch/errors" || true
  node -p 'JSON.parse(fs.readFileSync(process.argv[1])).metadata.vulnerabilities.total' "$scratch/audit.json" 2>/dev/null
}

# A version with a well-known advisory (GHSA-35jh-r3h4-6jhm).
mkdir "$scratch/known"
cat >"$scratch/known/package.json" <<'JSON'
{"name": "known", "version": "1.0.0", "dependencies": {"lodash": "4.17.20"}}
JSON
cat >"$scratch/known/package-lock.json" <<'JSON'
{"name": "known", "version": "1.0.0", "lockfileVersion": 3, "packages": {
  "": {"name": "known", "version": "1.0.0", "dependencies": {"lodash": "4.17.20"}},
  "node_modules/lodash": {"version": "4.17.20"}}}
JSON

if ! known=$(count_vulnerable "$scratch/known") || [ "$known" = 0 ] || ! found=$(count_vulnerable clients/typescript); then
  cat "$scratch/errors" >&2
  echo "The registry of npm knows no vulnerabilities: the packages of the TypeScript client are not checked." >&2
  exit 4
fi
if [ "$found" != 0 ]; then
  cat "$scratch/audit.json" >&2
  exit 1
fi
echo "No package of the TypeScript client has a known vulnerability."
