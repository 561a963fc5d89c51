#!/usr/bin/env bash
# The version of the sources. With a tag (v1.2.3) it also checks that they are ready to be released under it: the tag is their version, and the
# changelog has a dated section of it. With --notes it prints that section.
# Usage: build/version.sh [TAG | --notes]
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props)
notes() {
  VERSION=$version awk '
    /^## / { on = $0 ~ / - [0-9][0-9][0-9][0-9]-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/ && index($0, "## [" ENVIRON["VERSION"] "] - ") == 1; next }
    on && /^\[.*\]: / { next }
    on { print }' CHANGELOG.md | sed -e '/./,$!d'
}

case ${1:-} in
  "") echo "$version" ;;
  --notes) notes ;;
  v[0-9]*)
    [ "$1" = "v$version" ] || { echo "The tag is $1, the version in Directory.Build.props $version." >&2; exit 1; }
    [ -n "$(notes)" ] || { echo "CHANGELOG.md has no section '## [$version] - YYYY-MM-DD'." >&2; exit 1; }
    ;;
  *) sed -n '2,4s/^# //p' "$0" >&2; exit 2 ;;
esac
