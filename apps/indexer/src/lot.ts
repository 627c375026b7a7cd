import type { ChainBlock } from "@genbo/chain/blocks";
import type { DeploymentRow } from "@genbo/database/outbox/deployment";
import type { ChainFacts } from "./chain-facts.ts";

/** Blocks that enter the register in one SQL transaction, and what is known about them beforehand. */
export interface Lot {
  blocks: readonly ChainBlock[];
  facts: ChainFacts;
  deployment: DeploymentRow | undefined;
  /** Issues under quarantine; null stands for the registry. */
  quarantined: ReadonlySet<string | null>;
  /** Whether a record date may close before its first block. */
  closes: boolean;
  /** The one contract that goes on after a quarantine, over blocks that the cursor has passed. */
  only?: string;
}
