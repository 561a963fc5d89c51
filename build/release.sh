#!/usr/bin/env bash
# Makes the release of a tag from what build/publish.sh, build/pack.sh, build/pack-npm.sh and build/audit-packages.sh have left in artifacts/.
# Needs GitHub's command line, gh, and its GH_TOKEN. With NUGET_API_KEY it publishes the package of the .NET client, with NPM_TOKEN that of
# the TypeScript client, too.
# Usage: build/release.sh TAG
set -euo pipefail
cd "$(dirname "$0")/.."
tag=${1:?Usage: build/release.sh TAG}

build/version.sh "$tag"
(cd artifacts/publish && sha256sum --check ./*.sha256)
files=(artifacts/publish/*.tar.gz artifacts/publish/*.sha256 artifacts/sbom/server.cdx.json artifacts/packages/*.nupkg artifacts/npm/*.tgz)
kind=(--latest)
case $tag in *-*) kind=(--prerelease) ;; esac
# A run that was cut off is run again.
if gh release view "$tag" >/dev/null 2>&1; then
  gh release upload "$tag" "${files[@]}" --clobber
else
  build/version.sh --notes | gh release create "$tag" "${files[@]}" --verify-tag --title "$tag" --notes-file - "${kind[@]}"
fi
if [ -n "${NUGET_API_KEY:-}" ]; then
  # The symbols beside it go with it. A second run of the same release finds it there.
  dotnet nuget push artifacts/packages/*.nupkg --source nuget.org --api-key "$NUGET_API_KEY" --skip-duplicate
fi
if [ -n "${NPM_TOKEN:-}" ]; then
  package="@bigtech/chat-client@${tag#v}"
  channel=latest
  case $tag in *-*) channel=next ;; esac
  config=$(mktemp)
  trap 'rm -f "$config"' EXIT
  registry=$(npm config get registry)
  # npm puts the token in the place of its name, so that it is in no file and no argument.
  printf '%s:_authToken=${NPM_TOKEN}\n' "${registry#*:}" >"$config"
  # A second run of the same release finds it there.
  [ -n "$(npm view "$package" version 2>/dev/null || true)" ] \
    || npm publish ./artifacts/npm/*.tgz --userconfig "$config" --access public --tag "$channel"
fi
