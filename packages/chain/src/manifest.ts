import { getCreateAddress } from "ethers";
import { codeHash, contractInterface, contractsFile } from "./abi.ts";
import { type CodeDifference, codeDifferences, contractAt, hashOfCode } from "./deployed-code.ts";
import { type Addresses, deploymentPlan } from "./deployment.ts";
import { readQuantity } from "./hex.ts";
import { readChainIdentity } from "./identity.ts";
import { selectorOf } from "./keccak.ts";
import { logsOf } from "./logs.ts";
import type { Rpc } from "./rpc.ts";

/** What a deployment is, for a repository to keep: written by `genbo contracts manifest`, checked by `… verify`. */
export interface Manifest {
  version: 1;
  chainId: number;
  genesisHash: string;
  /** Signed the deployment; its first transaction had this nonce. */
  admin: string;
  firstNonce: number;
  /** First block with anything of it. */
  block: number;
  /** sha256 over the sources, compiler and settings that make this code; null where ours make another. */
  compilerInput: string | null;
  contracts: Record<keyof Addresses, ManifestContract>;
}

export interface ManifestContract {
  address: string;
  /** keccak256 of the code on the chain. */
  codeHash: string;
  /** keccak256 with every immutable zeroed: the same in every deployment of the same sources. */
  sourceHash: string;
}

const names = Object.keys(contractAt) as (keyof Addresses)[];
/** So many transactions of an admin before the deployment are looked through. */
const noncesMax = 1_000;

/** The deployment is not whole: whoever started it goes on where it stopped. */
export class Incomplete extends Error {
  override readonly name = "Incomplete";
}

/**
 * Reads a deployment off the chain: the same deployment gives the same manifest, whenever it is asked.
 * @throws Incomplete when not every contract stands
 */
export async function readManifest(rpc: Rpc, admin: string, nonce?: number): Promise<Manifest> {
  const { chainId, genesisHash } = await readChainIdentity(rpc, undefined);
  const firstNonce = nonce ?? (await findFirstNonce(rpc, admin));
  const { addresses } = deploymentPlan(admin, firstNonce);
  const codes = await codesAt(
    rpc,
    names.map((name) => addresses[name]),
  );
  const missing = names.filter((_, index) => codes[index] === "0x");
  if (missing.length > 0)
    throw new Incomplete(
      `${names.length - missing.length} of ${names.length} contracts of ${admin} stand; ${missing.join(", ")} do not. Let the worker go on: it sends what it has stored.`,
    );
  const contracts = names.map((name, index): [string, ManifestContract] => [
    name,
    {
      address: addresses[name].toLowerCase(),
      codeHash: hashOfCode(codes[index]!),
      sourceHash: codeHash(contractAt[name], codes[index]!),
    },
  ]);
  const isOurs = names.every((name, index) => contracts[index]![1].sourceHash === codeHash(contractAt[name]));
  return {
    version: 1,
    chainId,
    genesisHash,
    admin: admin.toLowerCase(),
    firstNonce,
    block: await firstBlockOf(rpc, addresses.accessManager),
    compilerInput: isOurs ? contractsFile().inputHash : null,
    contracts: Object.fromEntries(contracts) as Manifest["contracts"],
  };
}

const codesAt = (rpc: Rpc, addresses: readonly string[]): Promise<string[]> =>
  rpc.all<string>(addresses.map((address) => ({ method: "eth_getCode", params: [address, "latest"] })));

/** The nonce from which on every creation of the plan stands. */
async function findFirstNonce(rpc: Rpc, admin: string): Promise<number> {
  const sent = readQuantity(await rpc.call<string>("eth_getTransactionCount", admin, "latest"));
  const addresses = Array.from({ length: Math.min(sent, noncesMax) }, (_, index) =>
    getCreateAddress({ from: admin, nonce: index }),
  );
  const stands = (await codesAt(rpc, addresses)).map((code) => code !== "0x");
  const first = stands.findIndex((_, at) => names.every((_name, index) => stands[at + index]));
  if (first >= 0) return first;
  const some = stands.indexOf(true);
  if (some < 0) throw new Incomplete(`No contract of ${admin} stands on this chain.`);
  return some;
}

/** The manager's constructor makes the first event of a deployment. */
async function firstBlockOf(rpc: Rpc, manager: string): Promise<number> {
  for await (const { blockNumber } of logsOf(rpc, { address: manager }, 0)) return readQuantity(blockNumber);
  throw new Incomplete("The chain has no event of the AccessManager.");
}

/** What was looked at, and every difference. */
export interface Checked {
  contracts: number;
  tokens: number;
  differences: CodeDifference[];
}

/**
 * Compares every contract of a deployment and every issue's token with what our sources compile to, immutables
 * included, and the manager that each obeys.
 */
export async function checkDeployment(rpc: Rpc, manifest: Manifest): Promise<Checked> {
  const { chainId, genesisHash } = await readChainIdentity(rpc, undefined);
  const { addresses } = deploymentPlan(manifest.admin, manifest.firstNonce);
  const differences: CodeDifference[] = [];
  const note = (what: string, expected: unknown, found: unknown, address = "") => {
    if (String(expected).toLowerCase() === String(found).toLowerCase()) return;
    const sides = { expected: String(expected), found: String(found) };
    differences.push({ contract: what, address, offset: null, immutable: null, ...sides });
  };
  note("chain id", manifest.chainId, chainId);
  note("genesis", manifest.genesisHash, genesisHash);
  note("compiler input", manifest.compilerInput, contractsFile().inputHash);
  const place = { chainId, addresses };
  const codes = await codesAt(
    rpc,
    names.map((name) => addresses[name]),
  );
  for (const [index, name] of names.entries()) {
    const contract = contractAt[name];
    const address = addresses[name];
    note(`address of ${contract}`, address, manifest.contracts[name].address);
    differences.push(...codeDifferences(contract, { contract, address }, codes[index]!, place));
  }
  const tokens = await tokensOf(rpc, addresses.tokenFactory, manifest.block);
  const tokenCodes = await codesAt(
    rpc,
    tokens.map(({ address }) => address),
  );
  for (const [index, { ref, address }] of tokens.entries()) {
    const at = { contract: `token of ${ref}`, address };
    differences.push(...codeDifferences("SecurityToken", at, tokenCodes[index]!, place));
  }
  // What other code answers says nothing.
  const others = new Set(differences.map(({ address }) => address));
  const governed = [
    ...managed.map((name) => ({ what: contractAt[name], address: addresses[name] })),
    ...tokens.map(({ ref, address }) => ({ what: `token of ${ref}`, address })),
  ].filter(({ address }) => !others.has(address));
  const managers = await authoritiesOf(
    rpc,
    governed.map(({ address }) => address),
  );
  for (const [index, { what, address }] of governed.entries())
    note(`authority of ${what}`, addresses.accessManager, managers[index], address);
  return { contracts: names.length, tokens: tokens.length, differences };
}

/** Contracts that obey the AccessManager. */
const managed = ["holderRegistry", "tokenFactory", "settlement", "registerAnchor"] as const;

async function authoritiesOf(rpc: Rpc, addresses: readonly string[]): Promise<string[]> {
  const data = `0x${selectorOf("authority()")}`;
  const answers = await rpc.batch(
    addresses.map((to) => ({ method: "eth_call", params: [{ to, data }, "latest"] })),
  );
  return answers.map((each) => ("result" in each ? `0x${String(each.result).slice(-40)}` : "no answer"));
}

async function tokensOf(
  rpc: Rpc,
  factory: string,
  from: number,
): Promise<{ ref: string; address: string }[]> {
  const codec = contractInterface("TokenFactory");
  const topics = [codec.getEvent("IssueCreated")!.topicHash];
  const found: { ref: string; address: string }[] = [];
  for await (const { topics: own, data } of logsOf(rpc, { address: factory, topics }, from)) {
    const { ref, token } = codec.parseLog({ topics: own, data })!.args;
    found.push({ ref, address: token });
  }
  return found;
}
