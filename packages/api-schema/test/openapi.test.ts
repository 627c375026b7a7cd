import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { openApiDocument } from "../src/openapi.ts";
import { problemMarkdown } from "../src/problem-page.ts";
import { problemCodes } from "../src/problems.ts";
import { isWrite, problemsOf, type Route, statusesOf } from "../src/route.ts";
import { routeTable } from "../src/routes.ts";

const routes = routeTable as readonly Route[];
const root = resolve(import.meta.dirname, "../../..");

interface Operation {
  operationId: string;
  parameters: { name: string; in: string; required: boolean }[];
  responses: Record<string, unknown>;
}
const document = openApiDocument("1.2.3");
const paths = document.paths as Record<string, Record<string, Operation>>;

describe("the OpenAPI document", () => {
  it("has every route with the statuses that it promises, and no other", () => {
    const operations = Object.values(paths).flatMap((item) => Object.values(item));
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(
      routes.map(({ operationId }) => operationId).sort(),
    );
    for (const route of routes) {
      const { responses, parameters } = paths[route.path]![route.method.toLowerCase()]!;
      expect(Object.keys(responses).map(Number)).toEqual([...new Set([...statusesOf(route), 500])].sort());
      expect(parameters.some(({ name, in: place }) => name === "Idempotency-Key" && place === "header")).toBe(
        isWrite(route),
      );
    }
  });

  it("refers to nothing that is not in it", () => {
    const text = JSON.stringify(document);
    const schemas = (document.components as { schemas: object }).schemas;
    const referred = new Set(
      [...text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name!),
    );
    expect([...referred].filter((name) => !(name in schemas))).toEqual([]);
    expect(text.match(/"\$ref":"(?!#\/components\/schemas\/)/)).toBeNull();
    expect(Object.keys(schemas).filter((name) => !referred.has(name))).toEqual([]);
  });

  it("is read by somebody else's generator of clients", () => {
    const dir = mkdtempSync(join(tmpdir(), "genbo-openapi-"));
    const [from, to] = [join(dir, "openapi.json"), join(dir, "api.ts")];
    writeFileSync(from, JSON.stringify(document));
    const generator = join(root, "node_modules/openapi-typescript/bin/cli.js");
    execFileSync(process.execPath, [generator, from, "-o", to], { stdio: "pipe" });
    const types = readFileSync(to, "utf8");
    for (const { operationId } of routes) expect(types).toContain(`    ${operationId}: {`);
    rmSync(dir, { recursive: true });
  });
});

describe("the route table", () => {
  it("has one line a method and path, and one name a line", () => {
    expect(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size).toBe(routes.length);
    expect(new Set(routes.map(({ operationId }) => operationId)).size).toBe(routes.length);
  });

  it("says the parameters of each path", () => {
    for (const { path, params } of routes) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(Object.keys(params?.shape ?? {})).toEqual(named);
    }
  });

  it("uses every code of the catalogue, or the code belongs to no route", () => {
    const used = new Set(routes.flatMap(problemsOf));
    const ofNone = ["BAD_REQUEST", "INTERNAL", "ROUTE_UNKNOWN"];
    expect(problemCodes.filter((code) => !used.has(code)).sort()).toEqual(ofNone);
  });
});

describe("docs/problems", () => {
  it("has the page of every code as the catalogue makes it (scripts/problem-pages.ts)", () => {
    const folder = join(root, "docs/problems");
    expect(readdirSync(folder).sort()).toEqual(problemCodes.map((code) => `${code}.md`).sort());
    for (const code of problemCodes) {
      expect(readFileSync(join(folder, `${code}.md`), "utf8")).toBe(problemMarkdown(code, routeTable));
    }
  });
});
