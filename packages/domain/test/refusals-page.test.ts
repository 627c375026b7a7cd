import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { refusalsMarkdown } from "../src/refusals-page.ts";

test("docs/refusals.md is the table of refusals; `node scripts/refusals-page.ts` writes it", () => {
  const page = readFileSync(new URL("../../../docs/refusals.md", import.meta.url), "utf8");
  expect(page).toBe(refusalsMarkdown());
});
