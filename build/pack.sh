#!/usr/bin/env bash
# Makes the package of the .NET client, with its symbols, in artifacts/packages.
# Usage: build/pack.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

target=${1:-artifacts/packages}
mkdir -p "$target"
rm -f "$target"/*.nupkg "$target"/*.snupkg
dotnet restore src/Client --locked-mode -v quiet
dotnet pack src/Client --no-restore --configuration Release --nologo -v quiet -p:ContinuousIntegrationBuild=true --output "$target"
ls "$target"/*.nupkg
