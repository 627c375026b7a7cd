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

export interface ComparedAnchors {
  finding: Finding | null;
  /** How many closes were compared. */
  compared: number;
  /**
   * Of versions of lists that were anchored after the export's block: the last one that a later entry may have led to,
   * which is not in the export.
   */
  unread: { day: string; block: number } | null;
}

/**
 * Compares what the chain's anchors hold of an issue with what its export comes to at those closes, day by day.
 * @param file an export in which nothing else differs
 * @returns the first one that differs
 */
export async function checkAnchors(file: string, rpc: Rpc, header: HeaderLine): Promise<ComparedAnchors> {
  const closed = (await anchorsOf(rpc, header)).filter(({ day }) => closeOf(day) <= header.time);
  const keys = new Map<string, Anchored[]>();
  for (const each of closed.sort((a, b) => a.day - b.day || a.kind - b.kind)) {
    const key = `${each.day} ${each.kind}`;
    keys.set(key, [...(keys.get(key) ?? []), each]);
  }
  const versions = [...keys.values()];
  const closes = versions.map(([first]) => ({ at: closeOf(first!.day), isList: isList(first!) }));
  const roots = await rootsAt(() => linesOf(createReadStream(file)), closes);
  const at = versions.findIndex((each, index) => !agrees(each, roots[index]!, header));
  if (at >= 0) {
    const finding = differenceOf(lastKnown(versions[at]!, header), roots[at]!.at(-1)!);
    return { finding, compared: at, unread: null };
  }
  const later = versions.flatMap((each, index) =>
    each.filter(
      (anchor) => isList(anchor) && anchor.block > header.block && !roots[index]!.includes(anchor.root),
    ),
  );
  const last = later.sort((a, b) => a.block - b.block).at(-1);
  const unread = last === undefined ? null : { day: isoOfDay(last.day), block: last.block };
  return { finding: null, compared: versions.length, unread };
}

/** 24:00 JST of a day, in Unix seconds. */
const closeOf = (day: number): number => endOfDay(day).getTime() / 1000;

const isList = ({ kind }: Anchored): boolean => anchorKindOf(kind) === "RECORD_DATE";

/**
 * Of a day's close the last version counts: it supersedes the others by name. So it does of a record date's list; that
 * is the list as of its close, or as a correction left it, and none from before one that the chain has had.
 * @param roots that the export comes to, in order
 */
function agrees(versions: readonly Anchored[], roots: readonly string[], { block }: HeaderLine): boolean {
  if (!isList(versions[0]!)) return versions.at(-1)!.root === roots[0];
  const known = versions.filter((each) => each.block <= block);
  // Those that are anchored later may know of entries that the export has not; the first one does not.
  if (known.length === 0) return versions.some(({ root }) => roots.includes(root));
  const last = roots.lastIndexOf(known.at(-1)!.root);
  return last >= 0 && known.every(({ root }) => roots.indexOf(root) <= last);
}

const lastKnown = (versions: readonly Anchored[], { block }: HeaderLine): Anchored =>
  (isList(versions[0]!) && versions.findLast((each) => each.block <= block)) || versions.at(-1)!;

const differenceOf = ({ kind, day, root, block, txHash }: Anchored, computed: string): Finding => ({
  at: "anchor",
  seq: null,
  fault: "ANCHOR_DIFFERS",
  detail:
    `${anchorKindOf(kind) === "RECORD_DATE" ? "the record date" : "the close of"} ${isoOfDay(day)} is anchored ` +
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
