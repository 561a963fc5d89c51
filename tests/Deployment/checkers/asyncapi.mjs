// Checks a description of events against AsyncAPI. A problem is a line; that the specification has a newer version is none.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const { diagnostics } = await new Parser().parse(readFileSync(process.argv[2], "utf8"));
for (const { code, path, message } of diagnostics) {
  if (code !== "asyncapi-latest-version") console.log(`${code} ${path.join(".")} ${message}`);
}
