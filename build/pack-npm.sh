#!/usr/bin/env bash
# Makes the package of the TypeScript client in artifacts/npm.
# Usage: build/pack-npm.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."

target=${1:-artifacts/npm}
mkdir -p "$target"
rm -f "$target"/*.tgz
target=$(cd "$target" && pwd)
cd clients/typescript
npm ci --ignore-scripts --no-audit --no-fund
rm -rf dist
npm pack --pack-destination "$target"
