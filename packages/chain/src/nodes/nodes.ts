import { pause } from "@genbo/domain/pause";
import type { BlockRef } from "../blocks.ts";
import { quantity } from "../hex.ts";
import { type ChainIdentity, readChainIdentity, WrongChain } from "../identity.ts";
import { createRpc, hostOf, type Rpc, type RpcCall, type RpcOutcome } from "../rpc.ts";
import { askEverybody } from "./everybody.ts";
import { haltedAfterMs, type Progress, watchHead } from "./head-watch.ts";
import { blocksApartMax, judge, referenceHeight, type Sight, type Verdict } from "./judge.ts";
import { firstLook, secondLook } from "./probe.ts";
import { createRouter, type NodeRouter } from "./router.ts";

/** A node as `/status` names it. */
export interface NodeHealth extends Verdict {
  /** Its host and port. */
  node: string;
  head: number | null;
  peers: number | null;
  /** How long its last answer took. */
  ms: number | null;
}

/** The nodes of one chain, looked at all the time; `rpc` asks one that is fit for it. */
export interface Nodes {
  rpc: Rpc;
  /** Gives a call to every node that may be asked. @returns their answers so far once one has taken it, or all of them */
  everybody(call: RpcCall): Promise<RpcOutcome[]>;
  /** One call to every node that may be asked. @returns the results of those that gave one, once all have answered or had their time */
  answers(call: RpcCall): Promise<unknown[]>;
  /** So many nodes must say what is believed of no single one: two, where more than one is configured. */
  quorum: number;
  health(): NodeHealth[];
  /** Whether the chain makes blocks, as far as the nodes show. */
  progress(): Progress;
  /** Whether two nodes have this block. With one node configured always: there is nobody else to ask. */
  confirm(block: BlockRef): Promise<boolean>;
  /** The chain that the nodes serve. @throws WrongChain, NodeUnavailable */
  identity(): Promise<ChainIdentity>;
  close(): Promise<void>;
}

export interface NodesOptions {
  /** The chain that the database belongs to; asked for until it is known. */
  known?: () => Promise<Partial<ChainIdentity> | undefined>;
  /** How long no block may come before the chain counts as halted. */
  haltedAfterMs?: number;
  /** Called when a node's state has changed. */
  onChange?: (health: NodeHealth) => void;
}

/** How often every node is looked at. */
const lookEveryMs = 1_000;
/** A node that does not answer a handful of short questions in this time is away. */
const lookTimeoutMs = 2_000;

/** Opens the nodes of `CHAIN_RPC_URLS` and keeps looking at them. It waits for none. */
export function openNodes(urls: readonly string[], options: NodesOptions = {}): Nodes {
  const hosts = urls.map(hostOf);
  const router = createRouter(hosts);
  const rpc = createRpc(urls, { router });
  const probes = urls.map((url) => createRpc([url], { timeoutMs: lookTimeoutMs, connectionsMax: 2 }));
  const head = watchHead(options.haltedAfterMs ?? haltedAfterMs);
  const closing = new AbortController();
  let sights: readonly Sight[] = [];
  let known: Partial<ChainIdentity> | undefined;

  const health = () => hosts.map((node, index) => healthOf(node, router.verdicts()[index]!, sights[index]));
  const look = async () => {
    // A new database says by and by which chain it belongs to.
    if (known?.chainId === undefined) known = (await options.known?.().catch(() => undefined)) ?? known;
    const seen = await lookAtAll(probes, router);
    // What fails because we close says nothing about a node.
    if (closing.signal.aborted) return;
    const before = router.verdicts();
    sights = seen;
    router.judge(judge(seen, known));
    head.note(newestHead(seen, router.usable()));
    for (const [index, each] of health().entries()) {
      if (each.state !== before[index]!.state) options.onChange?.(each);
    }
  };
  let looked = look();
  const loop = async () => {
    for (;;) {
      await looked;
      await pause(lookEveryMs, closing.signal);
      if (closing.signal.aborted) return;
      looked = look();
    }
  };
  const looping = loop();

  const usable = () => router.order().map((node) => probes[node]!);
  return {
    rpc,
    everybody: (call) => askEverybody(usable(), call),
    answers: async (call) => {
      const outcomes = await Promise.all(
        usable().map((probe) => probe.batch([call]).catch((): RpcOutcome[] => [])),
      );
      return outcomes.flat().flatMap((outcome) => ("result" in outcome ? [outcome.result] : []));
    },
    quorum: Math.min(2, urls.length),
    health,
    progress: head.progress,
    confirm: (block) => hasTwo(block, probes, router),
    identity: async () => {
      await looked;
      refuseOthers(health(), router, known);
      const identity = await readChainIdentity(rpc, known);
      known = identity;
      return identity;
    },
    close: async () => {
      closing.abort();
      rpc.close();
      for (const probe of probes) probe.close();
      await looping;
    },
  };
}

async function lookAtAll(probes: readonly Rpc[], router: NodeRouter): Promise<Sight[]> {
  const first = await Promise.all(
    probes.map((probe, node) =>
      firstLook(probe, { failures: router.failures(node), caught: router.caught(node) }),
    ),
  );
  const reference = referenceHeight(first.filter((sight) => sight.answered));
  const common = Math.max(0, reference - blocksApartMax);
  const sights = await Promise.all(first.map((sight, node) => secondLook(probes[node]!, sight, common)));
  for (const [node, { answered }] of sights.entries()) router.note(node, answered);
  return sights;
}

function newestHead(sights: readonly Sight[], usable: readonly number[]) {
  const heads = usable.flatMap((node) => {
    const sight = sights[node];
    return sight?.answered ? [sight.head] : [];
  });
  return heads.sort((a, b) => b.number - a.number)[0];
}

function healthOf(node: string, verdict: Verdict, sight: Sight | undefined): NodeHealth {
  const seen = sight?.answered ? sight : undefined;
  const ms = seen === undefined ? null : Math.round(seen.ms);
  return { node, ...verdict, head: seen?.head.number ?? null, peers: seen?.peers ?? null, ms };
}

/** Asks all nodes that may be asked at once: the two quickest decide. */
function hasTwo(block: BlockRef, probes: readonly Rpc[], router: NodeRouter): Promise<boolean> {
  if (probes.length === 1) return Promise.resolve(true);
  const asked = router.usable();
  let same = 0;
  let answers = 0;
  return new Promise((done) => {
    const count = (has: boolean) => {
      answers += 1;
      same += has ? 1 : 0;
      if (same === 2) done(true);
      else if (answers >= asked.length) done(false);
    };
    if (asked.length < 2) done(false);
    for (const node of asked) {
      probes[node]!.call<{ hash: string } | null>("eth_getBlockByNumber", quantity(block.number), false)
        .then((found) => count(found?.hash.toLowerCase() === block.hash))
        .catch(() => count(false));
    }
  });
}

/** A database is bound to a chain at its first start: there must be no doubt which one it is. @throws WrongChain */
function refuseOthers(
  health: readonly NodeHealth[],
  router: NodeRouter,
  known: Partial<ChainIdentity> | undefined,
): void {
  const others = health.filter(({ state }) => state === "other_chain");
  if (others.length === 0 || (known !== undefined && router.usable().length > 0)) return;
  const named = others.map(({ node, reason }) => `${node} ${reason}`).join("; ");
  throw new WrongChain(`CHAIN_RPC_URLS names nodes of another chain. ${named}.`);
}
