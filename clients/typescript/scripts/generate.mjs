// Writes the types of the API's data, src/schema.ts, from the description that a server gives.
// Usage: npm run generate -- http://localhost:8000/api/openapi.json [OUTPUT]
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const [source, output = new URL("../src/schema.ts", import.meta.url)] = process.argv.slice(2);
if (source === undefined) throw new Error("Usage: npm run generate -- ADDRESS-OR-FILE-OF-OPENAPI.JSON [OUTPUT]");

async function read() {
  if (!/^https?:/.test(source)) return await readFile(source, "utf8");
  const answer = await fetch(source);
  if (!answer.ok) throw new Error(`${source}: ${answer.status}`);
  return await answer.text();
}

const description = JSON.parse(await read());
// The calls are written by hand: only what they send and receive is of interest.
const types = await openapiTS(
  { ...description, paths: {}, components: { schemas: description.components.schemas } },
  { alphabetize: true, exportType: true },
);
await writeFile(output, `// Made by "npm run generate" from the API's description. Do not edit.\n${astToString(types)}`);
