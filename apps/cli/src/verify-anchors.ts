import { createReadStream } from "node:fs";
import { codeHash } from "@genbo/chain/abi";
import { decodeLog, topics } from "@genbo/chain/events";
import { readQuantity } from "@genbo/chain/hex";
import { selectorOf } from "@genbo/chain/keccak";
import { logsOf, type WireLog } from "@genbo/chain/logs";
import type { Rpc } from "@genbo/chain/rpc";
import { anchorKindOf } from "@genbo/domain/anchors";
import { endOfDay, isoOfDay } from "@genbo/domain/jst";
import type { HeaderLine } from "@genbo/register/export";
import { linesOf } from "@genbo/register/lines";
import type { Finding } from "@genbo/register/verify";
import { rootsAt } from "@genbo/register/verify-roots";

export interface Anchored {
  kind: number;
  day: number;
  root: string;
  block: number;
  txHash: string;
}

/**
 * Compares what the chain's anchors hold of an issue with what its export comes to at those closes, day by day.
 * @param file an export in which nothing else differs
 * @returns the first one that differs, and how many closes were compared
 */
export async function checkAnchors(
  file: string,
  rpc: Rpc,
  header: HeaderLine,
): Promise<{ finding: Finding | null; compared: number }> {
  const closed = (await anchorsOf(rpc, header)).filter(({ day }) => closeOf(day) <= header.time);
  const keys = new Map<string, Anchored[]>();
  for (const each of closed.sort((a, b) => a.day - b.day || a.kind - b.kind)) {
    const key = `${each.day} ${each.kind}`;
    keys.set(key, [...(keys.get(key) ?? []), each]);
  }
  const versions = [...keys.values()];
  const closes = versions.map(([first]) => closeOf(first!.day));
  const roots = await rootsAt(linesOf(createReadStream(file)), closes);
  const at = versions.findIndex((each, index) => !agrees(each, roots[index]!));
  if (at < 0) return { finding: null, compared: versions.length };
  return { finding: differenceOf(versions[at]!.at(-1)!, roots[at]!), compared: at };
}

/** 24:00 JST of a day, in Unix seconds. */
const closeOf = (day: number): number => endOfDay(day).getTime() / 1000;

/**
 * Of a day's close the last version counts: it supersedes the others by name. A record date's list may have been
 * superseded because of a rectification that came later; how it stood at its close is one of its versions.
 */
const agrees = (versions: readonly Anchored[], root: string): boolean =>
  anchorKindOf(versions[0]!.kind) === "DAY_CLOSE"
    ? versions.at(-1)!.root === root
    : versions.some((each) => each.root === root);

const differenceOf = ({ kind, day, root, block, txHash }: Anchored, computed: string): Finding => ({
  at: "anchor",
  seq: null,
  fault: "ANCHOR_DIFFERS",
  detail:
    `${anchorKindOf(kind) === "DAY_CLOSE" ? "the close of" : "the record date"} ${isoOfDay(day)} is anchored ` +
    `as ${root} (block ${block}, transaction ${txHash}), the export comes to ${computed}`,
});

/** The roots in the order of the chain, of contracts that are RegisterAnchor under the token's own authority. */
async function anchorsOf(rpc: Rpc, header: HeaderLine): Promise<Anchored[]> {
  const logs: WireLog[] = [];
  for await (const log of logsOf(rpc, { topics: [topics.anchored, header.ref] }, 0)) logs.push(log);
  const genuine = await genuineOf(rpc, header, [...new Set(logs.map(({ address }) => address))]);
  return logs.flatMap((log): Anchored[] => {
    if (!genuine.has(log.address)) return [];
    const event = decodeLog({ ...log, index: readQuantity(log.logIndex) });
    if (event?.type !== "anchored" || anchorKindOf(event.kind) === undefined) return [];
    const { kind, day, root } = event;
    return [{ kind, day, root, block: readQuantity(log.blockNumber), txHash: log.transactionHash }];
  });
}

/** Anybody may emit what looks like an anchor. */
async function genuineOf(rpc: Rpc, header: HeaderLine, addresses: readonly string[]): Promise<Set<string>> {
  if (addresses.length === 0) return new Set();
  const authority = { data: `0x${selectorOf("authority()")}` };
  const [token, ...answers] = await rpc.all<string>(
    [header.token, ...addresses].map((to) => ({
      method: "eth_call",
      params: [{ to, ...authority }, "latest"],
    })),
  );
  const codes = await rpc.all<string>(
    addresses.map((address) => ({ method: "eth_getCode", params: [address, "latest"] })),
  );
  const known = codeHash("RegisterAnchor");
  return new Set(
    addresses.filter((_, n) => answers[n] === token && codeHash("RegisterAnchor", codes[n]) === known),
  );
}
