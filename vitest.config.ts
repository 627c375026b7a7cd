import { defineConfig } from "vitest/config";

// What a library is about to refuse, such as a second query on a busy connection of pg, is an error here already.
const execArgv = ["--throw-deprecation"];
const sources = ["packages/*/{src,test}/**", "apps/*/{src,test}/**", "scripts/**"];

// `x.it.test.ts` runs against the real PostgreSQL and chain that the set-up starts once; `x.test.ts` needs neither.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          execArgv,
          include: [...sources, "contracts/test/**"].map((folder) => `${folder}/*.test.ts`),
          exclude: ["**/node_modules/**", "**/*.it.test.ts"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "integration",
          execArgv,
          include: [...sources.map((folder) => `${folder}/*.it.test.ts`), "test/**/*.test.ts"],
          exclude: ["**/node_modules/**"],
          globalSetup: ["test/support/setup.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
