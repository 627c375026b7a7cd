import { mkdir, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { problemMarkdown } from "@genbo/api-schema/problem-page";
import { problemCodes } from "@genbo/api-schema/problems";
import { routeTable } from "@genbo/api-schema/routes";

/** Writes docs/problems/CODE.md for every code of the catalogue. */
const folder = resolve(import.meta.dirname, "../docs/problems");
await mkdir(folder, { recursive: true });
for (const code of problemCodes)
  await writeFile(resolve(folder, `${code}.md`), problemMarkdown(code, routeTable));
