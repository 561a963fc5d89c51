#!/usr/bin/env bash
# Makes the image without an engine, as an archive that an engine loads; further arguments go to dotnet publish, such as
# -p:ContainerRegistry=registry.example.com or -p:ContainerRuntimeIdentifier=linux-arm64.
# Usage: build/container.sh ARCHIVE [ARGUMENT...]
set -euo pipefail
archive=$(realpath -m "${1:?Usage: build/container.sh ARCHIVE [ARGUMENT...]}")
shift
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# Restored apart: with --runtime, a restore would write a lock file of that machine for every library.
# In a folder apart: what a developer has built serves the web client from the folders of the projects.
dotnet restore src/Server --artifacts-path artifacts/build-container --locked-mode -v quiet -p:PublishReadyToRun=true
dotnet publish src/Server --artifacts-path artifacts/build-container --no-restore --configuration Release --runtime linux-x64 \
  --self-contained false --nologo -v quiet \
  -p:PublishReadyToRun=true -p:DebugType=none -p:PublishDocumentationFiles=false \
  -p:SourceRevisionId="$(git rev-parse HEAD 2>/dev/null || echo unknown)" \
  /t:PublishContainer -p:ContainerArchiveOutputPath="$archive" "$@"
