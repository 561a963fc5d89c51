#!/usr/bin/env bash
# Writes the rules of Prometheus as objects of the Prometheus Operator; run it after a change of deploy/observability/prometheus/rules.
# Every alert gets the label namespace: by it the operator sends alerts to the receivers of their namespace, and sums have lost it.
set -euo pipefail
cd "$(dirname "$0")/.."

target=${1:-deploy/kubernetes/components/monitoring/rules.yaml}
namespace="'{{ with \$labels.namespace }}{{ . }}{{ else }}bigtech-chat{{ end }}'"
{
  echo "# Made by build/kubernetes-rules.sh from deploy/observability/prometheus/rules: change those files, and run it."
  for file in deploy/observability/prometheus/rules/*.yml; do
    name=$(basename "$file" .yml)
    printf -- '---\napiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata:\n  name: bigtech-chat-%s\nspec:\n' "$name"
    sed -E -e "s/^( *labels: \{severity: [a-z]+)\}$/\1, namespace: $namespace}/" -e 's/^(.+)$/  \1/' "$file"
  done
} >"$target"
