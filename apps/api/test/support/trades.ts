import type { OperationId } from "@genbo/api-schema/routes";
import type { Question } from "./ask.ts";
import type { Holder, World } from "./world.ts";

/** Who asks what, so that a route answers with success. Each call makes what it needs anew. */
export interface Success {
  secret: string | null;
  question: Question<OperationId>;
}
export type Case = (world: World) => Promise<Success>;

let count = 0;
/** A name that was not used before. */
export function unused(): string {
  count += 1;
  return `n-${count}`;
}

export const asks = (secret: string | null, question: Question<OperationId> = {}): Success => ({
  secret,
  question,
});

export interface Traded {
  issueId: string;
  seller: Holder;
  buyer: Holder;
}

/**
 * An issue of which a customer of `broker` has 100 units; the buyer is a customer of `other`.
 * @param acquiredOn the day of the block, if left out
 */
export async function traded(world: World, policy: object = {}, acquiredOn?: string): Promise<Traded> {
  const issueId = await world.activeIssue({ policy } as never);
  const seller = await world.open(world.broker, unused());
  const buyer = await world.open(world.other, unused());
  await world.ledger.issue(issueId, seller.account, 100n, acquiredOn);
  return { issueId, seller, buyer };
}
