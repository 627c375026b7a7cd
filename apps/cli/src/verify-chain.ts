import { codeHash } from "@genbo/chain/abi";
import { askAgain } from "@genbo/chain/ask-again";
import { decodeLog, topics } from "@genbo/chain/events";
import { quantity, readQuantity } from "@genbo/chain/hex";
import { selectorOf } from "@genbo/chain/keccak";
import { logsOf } from "@genbo/chain/logs";
import type { Rpc, RpcCall } from "@genbo/chain/rpc";
import { uintWord } from "@genbo/domain/words";
import type { HeaderLine } from "@genbo/register/export";
import type { ClaimedBlock, Finding, Place, ReadExport } from "@genbo/register/verify";

/** The node cannot say: the chain has moved on, or its state of then is forgotten. */
export class CannotTell extends Error {
  override readonly name = "CannotTell";
}

const headerPlace: Place = { at: "header", seq: null };
const finding = (place: Place, detail: string): Finding => ({
  at: place.at,
  seq: place.seq,
  fault: "CHAIN_DIFFERS",
  detail,
});

const publishedCode = { token: "SecurityToken", registry: "HolderRegistry" } as const;

/**
 * The contracts that the header names are those of our sources, and belong together: anybody may deploy one that answers
 * as he likes. Whose they are only the issue's trustee can say.
 * @throws CannotTell for code of another version
 */
export async function checkContracts(rpc: Rpc, header: HeaderLine): Promise<Finding | null> {
  for (const which of ["token", "registry"] as const) {
    const code = await rpc.call<string>("eth_getCode", header[which], "latest");
    if (code === "0x") return noContract(header, which);
    const name = publishedCode[which];
    if (codeHash(name, code) !== codeHash(name))
      throw new CannotTell(
        `The code of ${which} ${header[which]} is not this version's ${name}: an export of another version is verified with that one.`,
      );
  }
  const call = { to: header.token, data: `0x${selectorOf("registry()")}` };
  const named = `0x${(await rpc.call<string>("eth_call", call, "latest")).slice(-40)}`;
  return named === header.registry
    ? null
    : finding(headerPlace, `the token's registry is ${named}, not ${header.registry}`);
}

const noContract = (header: HeaderLine, of: "token" | "registry"): Finding => ({
  ...finding(headerPlace, `${of} ${header[of]} is no contract`),
  fault: "NO_CONTRACT",
});

interface WireBlock {
  hash: string;
  timestamp: string;
}

/** The chain itself, and every block that a line names: its hash and its time, which no head covers. */
export async function checkBlocks(
  rpc: Rpc,
  header: HeaderLine,
  blocks: readonly ClaimedBlock[],
): Promise<Finding | null> {
  const chainId = readQuantity(await rpc.call<string>("eth_chainId"));
  if (chainId !== header.chainId)
    return finding(headerPlace, `the node's chainId is ${chainId}, not ${header.chainId}`);
  const numbers = [0, ...blocks.map(({ block }) => block)];
  const found = await rpc.all<WireBlock | null>(
    numbers.map((number): RpcCall => ({ method: "eth_getBlockByNumber", params: [quantity(number), false] })),
  );
  const genesis = { ...headerPlace, block: 0, hash: header.genesis, time: readQuantity(found[0]!.timestamp) };
  for (const [index, claimed] of [genesis, ...blocks].entries()) {
    const block = found[index];
    if (block === null || block === undefined)
      return finding(claimed, `the chain has no block ${claimed.block}`);
    const [hash, time] = [block.hash.toLowerCase(), readQuantity(block.timestamp)];
    if (hash !== claimed.hash)
      return finding(claimed, `the hash of block ${claimed.block} is ${hash}, not ${claimed.hash}`);
    if (time !== claimed.time)
      return finding(claimed, `the time of block ${claimed.block} is ${time}, not ${claimed.time}`);
  }
  return null;
}

/**
 * What token and registry say at the export's block, beside what was recomputed.
 * @returns the difference: at the header when it names no contract of ours; null when all agree
 * @throws CannotTell when the node has forgotten that block's state and something was entered since
 */
export async function checkHeads(rpc: Rpc, read: ReadExport, header: HeaderLine): Promise<Finding | null> {
  const token = { seq: read.state.seq, head: read.state.head, totalSupply: read.state.units };
  const registry = { seq: read.records, head: read.recordsHead };
  return (await checkViews(rpc, header, "token", token)) ?? checkViews(rpc, header, "registry", registry);
}

async function checkViews(
  rpc: Rpc,
  header: HeaderLine,
  contract: "token" | "registry",
  views: Record<string, string | number | bigint>,
): Promise<Finding | null> {
  const names = Object.keys(views);
  const expected = Object.values(views).map((value) => (typeof value === "string" ? value : uintWord(value)));
  const calls = names.map((name) => ({ to: header[contract], data: `0x${selectorOf(`${name}()`)}` }));
  const differing = (answers: readonly string[]) =>
    answers.findIndex((answer, index) => answer !== expected[index]);
  const { answers, isLatest } = await askAgain(
    () => ask(rpc, calls, header.block),
    (outcome) => differing(outcome.answers) < 0,
  );
  const at = differing(answers);
  if (at < 0) return null;
  if (answers[at] === "0x") return noContract(header, contract);
  // Numbers only grow, so a higher one is of entries after the export; words compare as their text does.
  if (isLatest && answers[0]! > expected[0]!) {
    throw new CannotTell(
      `The node has forgotten the state of block ${header.block}, and the ${contract} has moved on since. Export again, or ask a node that keeps old states.`,
    );
  }
  return finding(
    headerPlace,
    `${contract}.${names[at]}() is ${answers[at]}, the export comes to ${expected[at]}`,
  );
}

/** The answers at a block, or at the latest one where the node has forgotten the state of that block. */
async function ask(rpc: Rpc, calls: readonly object[], block: number) {
  const callsAt = (at: string) => calls.map((call): RpcCall => ({ method: "eth_call", params: [call, at] }));
  const outcomes = await rpc.batch(callsAt(quantity(block)));
  const answers = outcomes.flatMap((each) => ("result" in each ? [String(each.result)] : []));
  if (answers.length === calls.length) return { answers, isLatest: false };
  return { answers: await rpc.all<string>(callsAt("latest")), isLatest: true };
}

/** What the chain itself holds as the lines of an issue, or of the registry, in order and numbered. */
export async function* chainLines(
  rpc: Rpc,
  header: HeaderLine,
  at: "record" | "entry",
): AsyncGenerator<Record<string, unknown>> {
  const filter =
    at === "entry"
      ? { address: header.token, topics: [topics.entry] }
      : { address: header.registry, topics: [topics.recorded] };
  let seq = 0;
  for await (const log of logsOf(rpc, filter, 0, header.block)) {
    seq += 1;
    const event = decodeLog({ ...log, index: readQuantity(log.logIndex) });
    if (event !== undefined) yield { seq, block: readQuantity(log.blockNumber), ...event };
  }
}

/**
 * Whether each line stands in the block that it names: blocks are under no head, and another one's hash and time are the
 * chain's too. Of an export whose heads are the contracts' own.
 * @throws CannotTell when the node has not all of its logs
 */
export async function checkPlaces(rpc: Rpc, { header, runs }: ReadExport): Promise<Finding | null> {
  for (const at of ["record", "entry"] as const) {
    let [run, last] = [0, 0];
    for await (const { seq, block } of chainLines(rpc, header!, at)) {
      last = Number(seq);
      if ((runs[at][run]?.through ?? 0) < last) run += 1;
      const claimed = runs[at][run]?.block;
      if (claimed !== block)
        return finding({ at, seq: last }, `it stands in block ${block} on chain, not ${claimed}`);
    }
    if (last < (runs[at].at(-1)?.through ?? 0))
      throw new CannotTell("The node has not the logs of all lines: ask one that keeps them.");
  }
  return null;
}

/** The names of the fields in which a line of the export is not the chain's, each with both values. */
export function fieldsThatDiffer(onChain: Record<string, unknown>, line: object): string[] {
  return Object.entries(line).flatMap(([name, says]) => {
    const is = onChain[name];
    return name === "type" || is === undefined || is === says
      ? []
      : [`${name} is ${is} on chain, not ${says}`];
  });
}
