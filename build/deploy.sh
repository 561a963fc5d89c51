#!/usr/bin/env bash
# Brings an image to a cluster: renders an overlay of deploy/kubernetes with it, applies it and waits for every rollout. Where one does not come
# up, what was changed is rolled back to its former version, and the script fails. Needs kubectl.
# Usage: build/deploy.sh OVERLAY IMAGE@sha256:DIGEST
#   OVERLAY: the name of one in deploy/kubernetes/overlays, or the folder of another one
# Environment:
#   KUBE_CONFIG      the text of a kubeconfig; without it, that of the machine is used
#   SECRETS_ENV      the text of deploy/kubernetes/components/secrets/secrets.env, for overlays that use that component
#   ROLLOUT_TIMEOUT  how long one workload may take, 10m
set -euo pipefail
cd "$(dirname "$0")/.."

namespace=bigtech-chat
overlay=${1:-} image=${2:-} timeout=${ROLLOUT_TIMEOUT:-10m}
folder=deploy/kubernetes/overlays/$overlay
[ -n "$overlay" ] || { sed -n '4,5s/^# //p' "$0" >&2; exit 2; }
[ -f "$folder/kustomization.yaml" ] || folder=$overlay
[ -f "$folder/kustomization.yaml" ] || { echo "There is no overlay '$overlay'." >&2; exit 2; }
# By its digest, so that what runs is what was built, whatever a tag names by then.
case $image in *@sha256:*) ;; *) echo "'$image' names no digest." >&2; exit 2 ;; esac

secrets=deploy/kubernetes/components/secrets/secrets.env
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"; [ -z "${SECRETS_ENV:-}" ] || rm -f "$secrets"' EXIT
if [ -n "${SECRETS_ENV:-}" ]; then
  [ ! -e "$secrets" ] || { echo "$secrets exists: SECRETS_ENV would overwrite it." >&2; SECRETS_ENV=; exit 2; }
  (umask 077 && printf '%s\n' "$SECRETS_ENV" >"$secrets")
fi
if [ -n "${KUBE_CONFIG:-}" ]; then
  (umask 077 && printf '%s' "$KUBE_CONFIG" >"$scratch/kubeconfig")
  export KUBECONFIG=$scratch/kubeconfig
fi

# Whatever registry the overlay names.
kubectl kustomize "$folder" | sed -E "s#image: ([^ ]*/)?bigtech-chat([:@][^ ]*)?\$#image: $image#" >"$scratch/rendered.yaml"
grep -qF "image: $image" "$scratch/rendered.yaml" || { echo "The overlay '$overlay' names no image of the product." >&2; exit 1; }
# The image runs in Deployments, or in the StatefulSet of "single". Engines have images of their own, and are not undone with it.
workloads() {
  kubectl get deployments,statefulsets --namespace "$namespace" --selector app.kubernetes.io/name=bigtech-chat --no-headers \
    --output custom-columns='KIND:.kind,NAME:.metadata.name,GENERATION:.metadata.generation,IMAGE:.spec.template.spec.containers[0].image' |
    awk -v image="$1" 'image == "" || $4 == image { print tolower($1) "/" $2, $3 }' | sort
}
before=$(workloads "")
kubectl apply --filename "$scratch/rendered.yaml"
ours=$(workloads "$image")

while read -r workload _; do
  kubectl rollout status "$workload" --namespace "$namespace" --timeout "$timeout" </dev/null && continue
  echo "$workload did not come up: what this deployment changed goes back to its former version." >&2
  while read -r changed generation; do
    grep -qxF "$changed $generation" <<<"$before" || kubectl rollout undo "$changed" --namespace "$namespace" </dev/null || true
  done <<<"$ours"
  echo "A former version refuses a schema that the new one has changed: docs/operations/kubernetes.md, Upgrading and going back." >&2
  exit 1
done <<<"$ours"
