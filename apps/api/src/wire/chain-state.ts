import type { operation } from "@genbo/api-schema/operations";
import type { statusAnswer } from "@genbo/api-schema/platform";
import type { Progress } from "@genbo/chain/nodes/head-watch";
import type { z } from "zod";

type ChainStateWire = Pick<z.input<typeof statusAnswer>["chain"], "state" | "since">;
type WaitsForWire = z.input<typeof operation>["waitsFor"];

const waits = { halted: "chain_halted", unreachable: "chain_unreachable" } as const;

export const chainStateWire = (progress: Progress): ChainStateWire =>
  progress.state === "running"
    ? { state: "running", since: null }
    : { state: waits[progress.state], since: progress.since?.toISOString() ?? null };

const ended: ReadonlySet<string> = new Set(["entered", "refused", "failed"]);

/** What an operation waits for beyond its turn; null for one that has ended, and while blocks come. */
export const waitsForWire = (progress: Progress, state: string): WaitsForWire =>
  progress.state === "running" || ended.has(state)
    ? null
    : { reason: waits[progress.state], since: progress.since?.toISOString() ?? null };
