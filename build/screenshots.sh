#!/usr/bin/env bash
# Takes the pictures of the web client that the documents show, in docs/guide/images. Needs Chromium, and fonts with Hangul and emoji
# (on Debian and Ubuntu: fonts-noto-cjk fonts-noto-color-emoji).
# Usage: build/screenshots.sh [FOLDER]
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

[ -n "$(fc-list :lang=ko)" ] || { echo "No font has Hangul: install fonts-noto-cjk and fonts-noto-color-emoji." >&2; exit 2; }
folder=$(realpath -m "${1:-docs/guide/images}")
mkdir -p "$folder"
dotnet build tests/Browser -c Release --nologo -v quiet
SCREENSHOT_FOLDER=$folder TEST_SUITE=browser dotnet tests/Browser/bin/Release/net10.0/Browser.dll -noLogo -noColor \
  -class BigTech.Tests.Browser.WebClient.Screenshots
