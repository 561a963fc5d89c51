// Writes the samples of README.md as one program, test/readme-samples.ts, which the compiler checks. It is never run.
import { readFile, writeFile } from "node:fs/promises";

const root = new URL("../", import.meta.url);
const readme = await readFile(new URL("README.md", root), "utf8");
const samples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, sample]) => sample);
if (samples.length === 0) throw new Error("README.md has no samples.");
await writeFile(new URL("test/readme-samples.ts", root), samples.join("\n"));
