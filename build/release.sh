#!/usr/bin/env bash
# Makes the release of a tag from what build/publish.sh and build/audit-packages.sh have left in artifacts/. Needs GitHub's command line, gh, and
# its GH_TOKEN.
# Usage: build/release.sh TAG
set -euo pipefail
cd "$(dirname "$0")/.."
tag=${1:?Usage: build/release.sh TAG}

build/version.sh "$tag"
(cd artifacts/publish && sha256sum --check ./*.sha256)
files=(artifacts/publish/*.tar.gz artifacts/publish/*.sha256 artifacts/sbom/server.cdx.json)
kind=(--latest)
case $tag in *-*) kind=(--prerelease) ;; esac
build/version.sh --notes | gh release create "$tag" "${files[@]}" --verify-tag --title "$tag" --notes-file - "${kind[@]}"
