import { type DeploymentPlan, deploymentPlan } from "@genbo/chain/deployment";
import { deploymentGas } from "@genbo/chain/gas";
import { bytesOf } from "@genbo/chain/hex";
import { signTransaction } from "@genbo/chain/sign";
import { storeTransaction } from "@genbo/database/outbox/chain-tx";
import {
  type DeploymentProgress,
  type DeploymentRow,
  deployCall,
  deploymentProgress,
  readDeployment,
  writeDeployment,
} from "@genbo/database/outbox/deployment";
import { type LaneLease, lockLane } from "@genbo/database/outbox/lanes";
import { withTransaction } from "@genbo/database/sql/connection";
import { LaneBlocked } from "./broadcast.ts";
import type { WorkerContext } from "./context.ts";

/** Label of the key that deploys the contracts and grants roles; it has no power over units. */
export const adminLabel = "admin";

/**
 * Brings the contracts onto the chain through the admin's lane, a step a call: stores the plan's transactions, and once
 * blocks hold them all writes where the contracts stand. After a kill it goes on from what is stored.
 * @returns the deployment once it stands
 * @throws LaneBlocked when one of its transactions reverted or was lost
 */
export async function bootstrap(
  context: WorkerContext,
  lane: LaneLease,
  genesisHash: string,
): Promise<DeploymentRow | undefined> {
  const known = await readDeployment(context.pool);
  if (known !== undefined) return known;
  const progress = await deploymentProgress(context.pool, lane.signer);
  refuseBroken(progress);
  const first = progress.stored > 0 ? progress.firstNonce : undefined;
  const plan = first === undefined ? undefined : deploymentPlan(lane.signer, first, context.local);
  if (plan === undefined || progress.stored < plan.transactions.length) {
    await context.checkpoint("beforeStore");
    await storePlan(context, lane, first, progress.stored);
    await context.checkpoint("stored");
    return undefined;
  }
  if (progress.mined < plan.transactions.length) return undefined;
  const deployment = { chainId: context.chainId, genesisHash, admin: lane.signer, ...rowOf(plan) };
  await writeDeployment(context.pool, deployment, context.clock.now());
  context.log.info("the contracts stand", deployment);
  return deployment;
}

/** The plan's addresses hang on its nonces: where one is gone the rest is of no use. @throws LaneBlocked */
function refuseBroken({ reverted, lost }: DeploymentProgress): void {
  const anew = "begin with a new database and a new admin key";
  if (reverted > 0)
    throw new LaneBlocked(
      `A transaction that deploys the contracts reverted: see that the chain has the fork and the gas limit of "Flags that matter to Genbo" in docs/operations/chain.md, then ${anew}.`,
    );
  if (lost > 0)
    throw new LaneBlocked(
      `Somebody else sent with the admin key while the contracts were being deployed: ${anew}.`,
    );
}

/** Stores the plan's transactions that are not stored yet, all in one SQL transaction. */
function storePlan(
  context: WorkerContext,
  lane: LaneLease,
  first: number | undefined,
  stored: number,
): Promise<void> {
  return withTransaction(context.pool, async (tx) => {
    const nonce = await lockLane(tx, lane);
    if (nonce === undefined) return;
    const signer = await context.keystore.signerFor(lane.signer);
    const plan = deploymentPlan(lane.signer, first ?? nonce, context.local);
    for (const { to, data, nonce: planned } of plan.transactions.slice(stored)) {
      const request = {
        chainId: context.chainId,
        nonce: planned,
        gasLimit: deploymentGas,
        to,
        data: bytesOf(data),
      };
      const made = await signTransaction(signer, request);
      await storeTransaction(tx, lane, {
        ...made,
        nonce: planned,
        call: deployCall,
        createdAt: context.clock.now(),
      });
    }
  });
}

const rowOf = ({ addresses, cashToken }: DeploymentPlan) => ({
  manager: addresses.accessManager.toLowerCase(),
  registry: addresses.holderRegistry.toLowerCase(),
  factory: addresses.tokenFactory.toLowerCase(),
  implementation: addresses.securityToken.toLowerCase(),
  anchor: addresses.registerAnchor.toLowerCase(),
  settlement: addresses.settlement.toLowerCase(),
  cash: cashToken?.toLowerCase() ?? null,
});
