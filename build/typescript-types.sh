#!/usr/bin/env bash
# Makes the types of the TypeScript client, clients/typescript/src/schema.ts, from the description that the server of these sources gives.
# Usage: build/typescript-types.sh
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

work=$(mktemp -d)
dotnet build src/Server -c Release --nologo -v quiet >&2
urls='gateway=http://127.0.0.1:0;chat=http://127.0.0.1:0;friend=http://127.0.0.1:0;notification=http://127.0.0.1:0'
dotnet src/Server/bin/Release/net10.0/Server.dll --data-dir "$work/data" \
  --urls "$urls;user=http://127.0.0.1:0;metrics=http://127.0.0.1:0" >"$work/log" 2>&1 &
server=$!
trap 'kill $server 2>/dev/null || true; wait $server 2>/dev/null || true; rm -rf "$work"' EXIT
gateway() { sed -n 's|.*gateway listens on \(http://[^ "]*\).*|\1|p' "$work/log"; }
for _ in $(seq 60); do
  [ -n "$(gateway)" ] && break
  kill -0 $server 2>/dev/null || { cat "$work/log" >&2; exit 1; }
  sleep 1
done

cd clients/typescript
[ -d node_modules ] || npm ci --ignore-scripts --no-audit --no-fund
npm run generate --silent -- "$(gateway)/api/openapi.json"
