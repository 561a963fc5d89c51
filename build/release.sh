#!/usr/bin/env bash
# Makes the release of a tag from what build/publish.sh, build/pack.sh and build/audit-packages.sh have left in artifacts/. Needs GitHub's command
# line, gh, and its GH_TOKEN. With NUGET_API_KEY it publishes the package of the client, too.
# Usage: build/release.sh TAG
set -euo pipefail
cd "$(dirname "$0")/.."
tag=${1:?Usage: build/release.sh TAG}

build/version.sh "$tag"
(cd artifacts/publish && sha256sum --check ./*.sha256)
files=(artifacts/publish/*.tar.gz artifacts/publish/*.sha256 artifacts/sbom/server.cdx.json artifacts/packages/*.nupkg)
kind=(--latest)
case $tag in *-*) kind=(--prerelease) ;; esac
build/version.sh --notes | gh release create "$tag" "${files[@]}" --verify-tag --title "$tag" --notes-file - "${kind[@]}"
if [ -n "${NUGET_API_KEY:-}" ]; then
  # The symbols beside it go with it. A second run of the same release finds it there.
  dotnet nuget push artifacts/packages/*.nupkg --source nuget.org --api-key "$NUGET_API_KEY" --skip-duplicate
fi
