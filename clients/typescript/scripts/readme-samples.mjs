// Writes the samples of README.md as one program, test/readme-samples.ts, which test/readme.test.ts runs. They stand there as they are, but
// for the address; what goes on until it is stopped does so beside the others.
import { readFile, writeFile } from "node:fs/promises";

const root = new URL("../", import.meta.url);
const readme = await readFile(new URL("README.md", root), "utf8");
const samples = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, sample]) => sample);
if (samples.length === 0) throw new Error("README.md has no samples.");

const programs = samples.map((sample) => {
  const text = sample.replace('"http://localhost:8000/api/"', "address");
  if (text.includes("for await")) return `const following = (async () => {\n${text}})();\n`;
  if (text.includes("kept.session")) return `kept.session = chat.session.current!;\n${text}`;
  return text;
});
await writeFile(new URL("test/readme-samples.ts", root), `
import { addEventListener, keep, kept, show, store } from "./readme-names.js";
import { address } from "./support.js";
${programs.join("\n")}
export { chat, following, outbox, room, stop };
`.trimStart());
