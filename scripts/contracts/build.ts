import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { ContractArtifact, ContractName, ContractsFile } from "@genbo/chain/abi";
import type { JsonFragment } from "ethers";

const root = fileURLToPath(new URL("../..", import.meta.url));
const output = join(root, "packages/chain/src/generated/contracts.json");
const require = createRequire(import.meta.url);

const artifacts: Record<ContractName, string> = {
  CashToken: "contracts/settlement/CashToken.sol",
  AccessManager: "@openzeppelin/contracts/access/manager/AccessManager.sol",
  HolderRegistry: "contracts/registry/HolderRegistry.sol",
  CorporateActs: "contracts/token/CorporateActs.sol",
  LegalActs: "contracts/token/LegalActs.sol",
  RegisterAnchor: "contracts/registry/RegisterAnchor.sol",
  SecurityToken: "contracts/token/SecurityToken.sol",
  Settlement: "contracts/settlement/Settlement.sol",
  TokenFactory: "contracts/token/TokenFactory.sol",
};

/**
 * Brings `packages/chain/src/generated/contracts.json` up to date: returns at once (~20 ms) when sources,
 * compiler settings and versions are those it was made from, else compiles (~10 s).
 * Throws with the compiler's output when the sources do not compile. Safe to call from several processes.
 */
export async function buildContracts(): Promise<{ compiled: boolean; inputHash: string }> {
  const inputHash = await hashInputs();
  if ((await readCurrentHash()) === inputHash) return { compiled: false, inputHash };
  await compile();
  const contracts = {} as Record<ContractName, ContractArtifact>;
  for (const name of Object.keys(artifacts) as ContractName[]) contracts[name] = await readArtifact(name);
  for (const delegate of [contracts.LegalActs, contracts.CorporateActs])
    contracts.SecurityToken.abi = mergeAbis(contracts.SecurityToken.abi, delegate.abi);
  await writeAtomically(output, { inputHash, contracts } satisfies ContractsFile);
  return { compiled: true, inputHash };
}

async function hashInputs(): Promise<string> {
  const files = await readdir(join(root, "contracts"), { recursive: true, withFileTypes: true });
  const sources = files
    .filter((file) => file.isFile() && file.name.endsWith(".sol") && !file.name.endsWith(".t.sol"))
    .map((file) => join(file.parentPath, file.name))
    .sort();
  const hash = createHash("sha256");
  for (const path of [...sources, join(root, "hardhat.config.ts"), fileURLToPath(import.meta.url)]) {
    hash.update(`${relative(root, path)}\0`).update(await readFile(path));
  }
  for (const name of ["solc", "@openzeppelin/contracts"])
    hash.update(require(`${name}/package.json`).version);
  return hash.digest("hex");
}

async function readCurrentHash(): Promise<string | undefined> {
  try {
    return (JSON.parse(await readFile(output, "utf8")) as ContractsFile).inputHash;
  } catch {
    return undefined;
  }
}

async function compile(): Promise<void> {
  const cli = join(dirname(require.resolve("hardhat/package.json")), "dist/src/cli.js");
  const child = spawn(process.execPath, [cli, "build", "--no-tests"], { cwd: root });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (log += chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  if (code !== 0) throw new Error(`the contracts do not compile:\n${log}`);
}

async function readArtifact(name: ContractName): Promise<ContractArtifact> {
  const path = join(root, "artifacts", artifacts[name], `${name}.json`);
  const made = JSON.parse(await readFile(path, "utf8"));
  const { abi, bytecode, deployedBytecode } = made;
  const references: [string, { start: number; length: number }[]][] = Object.entries(
    made.immutableReferences ?? {},
  );
  const names = references.length === 0 ? new Map() : await immutableNames(made.buildInfoId);
  const immutables = references.flatMap(([id, places]) =>
    places.map((place) => ({ name: names.get(Number(id)) as string, ...place })),
  );
  return { abi, bytecode, deployedBytecode, immutables };
}

const namesOfBuild = new Map<string, Promise<Map<number, string>>>();

/** The artifact names an immutable by its node in the syntax tree of its build alone. */
function immutableNames(build: string): Promise<Map<number, string>> {
  const known = namesOfBuild.get(build) ?? readImmutableNames(build);
  namesOfBuild.set(build, known);
  return known;
}

async function readImmutableNames(build: string): Promise<Map<number, string>> {
  const text = await readFile(join(root, "artifacts/build-info", `${build}.output.json`), "utf8");
  const names = new Map<number, string>();
  // The reviver sees every node once.
  JSON.parse(text, (_, node) => {
    if (node?.nodeType === "VariableDeclaration" && node.mutability === "immutable")
      names.set(node.id, node.name);
    return node;
  });
  return names;
}

/** A token answers too for what it delegates to. */
function mergeAbis(token: JsonFragment[], delegate: JsonFragment[]): JsonFragment[] {
  const known = new Set(token.map((fragment) => JSON.stringify(fragment)));
  const added = delegate.filter(({ type }) => type !== "constructor");
  return [...token, ...added.filter((fragment) => !known.has(JSON.stringify(fragment)))];
}

async function writeAtomically(path: string, value: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, `${JSON.stringify(value)}\n`);
  await rename(temporary, path);
}

if (import.meta.main) {
  const { compiled, inputHash } = await buildContracts();
  console.log(`contracts ${compiled ? "compiled" : "up to date"} (input ${inputHash.slice(0, 12)})`);
}
