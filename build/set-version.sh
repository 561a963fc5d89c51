#!/usr/bin/env bash
# Writes the version of the next release wherever it stands: the sources, the image, compose, Kubernetes, the chart, the packages, the docs.
# Usage: build/set-version.sh VERSION
set -euo pipefail
cd "$(dirname "$0")/.."

new=${1:-}
# As in SemVer, without data of the build: a tag of an image has no plus sign.
if ! [[ $new =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]]; then
  sed -n '2,3s/^# //p' "$0" >&2
  exit 2
fi
old=$(build/version.sh)
any=${old//./\\.}

# PATTERN FILE…: what the pattern finds has the former version, and gets the new one. A file without it is a change that this script missed.
write() {
  local pattern=${1//@/$any} file
  for file in "${@:2}"; do
    grep -qE -- "$pattern" "$file" || { echo "$file does not have version $old where it is expected." >&2; exit 1; }
    sed -E -i "/$pattern/s/$any/$new/" "$file"
  done
}

write '<Version>@<' Directory.Build.props
write '^ARG VERSION=@$' deploy/docker/Dockerfile
write 'bigtech-chat:@' deploy/compose/compose.yaml deploy/compose/compose.msa.yaml deploy/compose/.env.example docs/operations/compose.md
write 'newTag: @' deploy/kubernetes/overlays/{single,small,production}/kustomization.yaml docs/operations/kubernetes.md
write 'BigTech Chat @\+' docs/operations/README.md
write '^(version|appVersion): @$' deploy/helm/bigtech-chat/Chart.yaml
write '^  "version": "@"' clients/typescript/package.json
# The first two of the lock file are those of the package itself.
sed -i "1,/\"license\"/s/\"version\": \"$any\"/\"version\": \"$new\"/" clients/typescript/package-lock.json
# Projects name each other in their lock files, as they name packages of others.
ours=$(find src tests bench -name '*.csproj' -exec basename {} .csproj ';' | sort -u | paste -sd '|')
while IFS= read -r lock; do
  sed -E -i "s/(\"($ours|BigTech\.Chat\.Client)\": \"\[)$any, /\1$new, /" "$lock"
done < <(find src tests bench -name packages.lock.json -not -path '*/obj/*' -not -path '*/bin/*')
# Tests of manifests. Their golden files have digests: tests/Deployment/Kubernetes/RenderTests.cs writes new ones.
write 'newTag: @' tests/Deployment/Kubernetes/Rendered.cs
write 'bigtech-chat:@' tests/Deployment/Kubernetes/{RuleTests,RenderTests}.cs tests/Deployment/Compose/ComposeTests.cs
