import { join } from "node:path";
import type { parseArgs } from "node:util";
import type { CodeDifference } from "@genbo/chain/deployed-code";
import { openKeystore } from "@genbo/chain/keystore";
import { type Checked, checkDeployment, type Manifest, readManifest } from "@genbo/chain/manifest";
import { keepManifest, manifestFile, readManifestFile } from "@genbo/chain/manifest-file";
import { createRpc, type Rpc } from "@genbo/chain/rpc";
import { dataDirOf } from "@genbo/domain/env";
import { readArgs } from "./read-args.ts";

const usage = `genbo contracts manifest --rpc URL [--data DIR | --admin ADDRESS [--first-nonce N]] [--out FILE]
    Writes what stands on the chain: addresses, code hashes, compiler input, first block. Again: the same file.
genbo contracts verify --rpc URL [--data DIR | --manifest FILE] [--json]
    Is the chain's code what these sources compile to? Names each difference. Exit code 0 equal, 1 differs.`;

const options = {
  rpc: { type: "string" },
  data: { type: "string" },
  admin: { type: "string" },
  "first-nonce": { type: "string" },
  manifest: { type: "string" },
  out: { type: "string" },
  json: { type: "boolean", default: false },
} as const;
type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>["values"];

/** `genbo contracts …`: needs a node and the sources, no database and no key. @throws Error for the user */
export async function runContracts(args: readonly string[]): Promise<void> {
  const [command, ...rest] = args;
  const { values } = readArgs(usage, { args: rest, options });
  if (values.rpc === undefined || (command !== "manifest" && command !== "verify")) throw new Error(usage);
  const rpc = createRpc([values.rpc]);
  const act = command === "manifest" ? manifest : verify;
  await act(rpc, values).finally(() => rpc.close());
}

async function manifest(rpc: Rpc, values: Values): Promise<void> {
  const nonce = values["first-nonce"];
  const made = await readManifest(
    rpc,
    await adminOf(values),
    nonce === undefined ? undefined : Number(nonce),
  );
  const path = values.out ?? manifestFile(dataDirOf(values.data));
  const changed = keepManifest(path, made);
  console.log(`${path}: ${changed ? "written" : "as it was"}, block ${made.block}, chain ${made.chainId}.`);
}

async function verify(rpc: Rpc, values: Values): Promise<void> {
  const checked = await checkDeployment(rpc, await manifestIn(rpc, values));
  console.log(values.json ? JSON.stringify(checked) : sentencesOf(checked));
  if (checked.differences.length > 0) process.exitCode = 1;
}

async function manifestIn(rpc: Rpc, values: Values): Promise<Manifest> {
  const path = values.manifest ?? manifestFile(dataDirOf(values.data));
  const kept = readManifestFile(path);
  if (kept !== undefined) return kept;
  if (values.manifest !== undefined) throw new Error(`There is no ${path}.`);
  return readManifest(rpc, await adminOf(values));
}

/** The admin's address is no secret: the profile's keystore names it in the clear. */
async function adminOf({ admin, data }: Values): Promise<string> {
  const dataDir = dataDirOf(data);
  const found = admin ?? (await openKeystore(join(dataDir, "keystore"), "").find("admin"));
  if (found === undefined) throw new Error(`No admin in ${dataDir}: give --admin ADDRESS, or --data DIR.`);
  return found;
}

function sentencesOf({ contracts, tokens, differences }: Checked): string {
  const looked = `${contracts} contracts and ${tokens} tokens`;
  if (differences.length === 0) return `Equal: ${looked} are what these sources compile to.`;
  return [`Differs, of ${looked}:`, ...differences.map((each) => `  ${sentenceOf(each)}`)].join("\n");
}

function sentenceOf({ contract, address, offset, immutable, expected, found }: CodeDifference): string {
  const what = immutable === null ? "" : `, immutable ${immutable}`;
  const where = offset === null ? contract : `${contract} at byte ${offset}${what}`;
  return `${where}${address === "" ? "" : ` (${address})`}: ${found}, not ${expected}`;
}
