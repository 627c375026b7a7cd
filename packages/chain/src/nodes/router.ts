import type { Router } from "../rpc.ts";
import { NodeUnavailable } from "../rpc-errors.ts";
import { leftOut, type Verdict } from "./judge.ts";

/** Sends requests to one good node as long as it is good, and remembers who answers. */
export interface NodeRouter extends Router {
  verdicts(): readonly Verdict[];
  /** Takes the verdicts of a look; what is under way at a node that is good no longer goes to another. */
  judge(verdicts: readonly Verdict[]): void;
  /** Share of a node's last answers that failed. */
  failures(node: number): number;
  /** What a node was caught at in the last minutes; null for none. */
  caught(node: number): string | null;
  /** Nodes that may be asked, good ones first. */
  usable(): number[];
}

/** Answers that count for how reliable a node is. */
const answersKept = 16;
/** A node that gave what cannot be true is left out for so long; who has mended it need not restart us. */
const caughtForMs = 600_000;

export function createRouter(hosts: readonly string[]): NodeRouter {
  let verdicts: readonly Verdict[] = hosts.map(() => ({ state: "unknown", reason: null }));
  const answers = hosts.map((): boolean[] => []);
  const caught = new Map<number, { reason: string; at: number }>();
  const leaving = hosts.map(() => new AbortController());
  let current = 0;

  const isFit = (node: number) => ["good", "unknown"].includes(verdicts[node]!.state);
  const usable = (): number[] => {
    const nodes = hosts.map((_, turn) => (current + turn) % hosts.length);
    const asked = nodes.filter((node) => !leftOut.has(verdicts[node]!.state));
    return [...asked.filter(isFit), ...asked.filter((node) => !isFit(node))];
  };
  const order = () => {
    const nodes = usable();
    if (nodes.length > 0) return nodes;
    const reasons = hosts.map((host, node) => `${host} ${verdicts[node]!.reason ?? verdicts[node]!.state}`);
    throw new NodeUnavailable(`no node may be asked: ${reasons.join("; ")}`);
  };
  return {
    order,
    usable,
    verdicts: () => verdicts,
    note: (node, answered) => {
      const kept = answers[node]!;
      kept.push(answered);
      if (kept.length > answersKept) kept.shift();
      if (!answered && node === current) current = usable().find((other) => other !== node) ?? node;
    },
    accuse: (node, reason) => void caught.set(node, { reason, at: performance.now() }),
    caught: (node) => {
      const found = caught.get(node);
      return found !== undefined && performance.now() - found.at < caughtForMs ? found.reason : null;
    },
    failures: (node) => answers[node]!.filter((answered) => !answered).length / answersKept,
    signal: (node) => leaving[node]!.signal,
    judge: (next) => {
      verdicts = next;
      const best = usable()[0];
      if (best === undefined || !isFit(best)) return;
      current = best;
      for (const [node, controller] of leaving.entries()) {
        if (isFit(node) || controller.signal.aborted) continue;
        controller.abort(new Error(verdicts[node]!.reason ?? "left out"));
        leaving[node] = new AbortController();
      }
    },
  };
}
