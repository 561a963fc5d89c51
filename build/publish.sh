#!/usr/bin/env bash
# Makes a release for one kind of machine: a program that needs no .NET, in artifacts/publish, as a folder, an archive and its checksum.
# Usage: build/publish.sh linux-x64|linux-arm64|osx-arm64|win-x64 [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

rid=${1:-}
case $rid in
  linux-x64 | linux-arm64 | osx-arm64 | win-x64) ;;
  *) sed -n '2,3s/^# //p' "$0" >&2; exit 2 ;;
esac
target=${2:-artifacts/publish}
name=bigtech-chat-$(build/version.sh)-$rid

rm -rf "${target:?}/$name" "$target/$name.tar.gz" "$target/$name.tar.gz.sha256"
# Restored apart: with --runtime, a restore asks for a lock file of that machine from every library.
# In a folder apart: what a developer has built serves the web client from the folders of the projects.
dotnet restore src/Server --artifacts-path artifacts/build-publish --locked-mode -v quiet -p:SelfContained=true -p:PublishReadyToRun=true
# Not trimmed: that would drop what the options and the JSON of events find by reflection.
dotnet publish src/Server --artifacts-path artifacts/build-publish --no-restore --configuration Release --runtime "$rid" --self-contained true --nologo -v quiet \
  -p:PublishReadyToRun=true -p:DebugType=none -p:PublishDocumentationFiles=false --output "$target/$name"
cp LICENSE CHANGELOG.md "$target/$name/"
tar -C "$target" --owner=0 --group=0 -czf "$target/$name.tar.gz" "$name"
(cd "$target" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
echo "$target/$name.tar.gz: $(du -h "$target/$name.tar.gz" | cut -f1)"
