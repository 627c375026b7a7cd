import { globSync, readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";

/** Node runs the sources as they are and strips their types itself: what tsc reads it may not. */
const folders = ["apps", "packages", "scripts", "test", "contracts"];
const files = folders.flatMap((folder) =>
  globSync(`${folder}/**/*.ts`, { exclude: (name) => name === "node_modules" || name === "generated" }),
);
let failed = 0;
for (const file of files) {
  try {
    stripTypeScriptTypes(readFileSync(file, "utf8"));
  } catch (error) {
    failed += 1;
    console.log(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
console.log(`${files.length} files, ${failed} that Node cannot strip of their types`);
process.exitCode = failed > 0 || files.length === 0 ? 1 : 0;
