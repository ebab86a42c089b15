// Validates HTML: a line of JSON with the member `html` on standard input is answered by a line of JSON, the list of findings.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { HtmlValidate, StaticConfigLoader } from "html-validate";

const config = JSON.parse(readFileSync(new URL(".htmlvalidate.json", import.meta.url), "utf8"));
const validator = new HtmlValidate(new StaticConfigLoader(config));
for await (const line of createInterface({ input: process.stdin })) {
  const report = await validator.validateString(JSON.parse(line).html, "page.html");
  const findings = report.results.flatMap((result) => result.messages);
  process.stdout.write(`${JSON.stringify(findings)}\n`);
}
