import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { refusalsMarkdown } from "../packages/domain/src/refusals-page.ts";

/** Writes docs/refusals.md from the one table of refusals. */
await writeFile(resolve(import.meta.dirname, "../docs/refusals.md"), refusalsMarkdown());
