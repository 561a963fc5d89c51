// Checks the objects of a file of YAML documents against the schemas of their kinds. A problem, or a kind without a schema, is a line.
import { readFileSync } from "node:fs";
import { parseAllDocuments } from "yaml";

const extensions = new Map([
  ["external-secrets.io", "@kubernetes-models/external-secrets"],
  ["gateway.networking.k8s.io", "@kubernetes-models/gateway-api"],
  ["networking.istio.io", "@kubernetes-models/istio"],
  ["security.istio.io", "@kubernetes-models/istio"],
  ["keda.sh", "@kubernetes-models/keda"],
  ["monitoring.coreos.com", "@kubernetes-models/prometheus-operator"],
]);

for (const document of parseAllDocuments(readFileSync(process.argv[2], "utf8"))) {
  if (document.errors.length > 0) console.log(`not YAML: ${document.errors[0].message}`);
  const object = document.toJS();
  const { apiVersion, kind, metadata } = object;
  const [version, group] = apiVersion.split("/").reverse();
  const path = [extensions.get(group) ?? "kubernetes-models", group, version, kind];
  let model;
  try {
    model = (await import(path.filter(Boolean).join("/")))[kind];
  } catch (error) {
    if (error.code !== "ERR_MODULE_NOT_FOUND" && error.code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") throw error;
    console.log(`no schema: ${apiVersion} ${kind}`);
    continue;
  }
  try {
    new model(object).validate();
  } catch (error) {
    console.log(`wrong: ${kind} ${metadata.name}: ${error.message}`);
  }
}
