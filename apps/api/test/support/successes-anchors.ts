import type { OperationId } from "@genbo/api-schema/routes";
import { leafOf } from "@genbo/register/merkle";
import type { Question } from "./ask.ts";
import type { World } from "./world.ts";

/** The close of the day of the issue's last entry as the indexer writes it, published as the contract says it. */
export async function closeDay(world: World, issueId: string, root: string): Promise<void> {
  await world.db.pool("genbo_indexer").query(
    `with last as (select * from entry where issue_id = $1 order by seq desc limit 1),
     made as (
       insert into register_root (issue_id, kind, day, version, seq, head, root, block_number)
       select issue_id, 2, (block_time at time zone 'Asia/Tokyo')::date, 1, seq, head, $2, block_number from last
     )
     insert into anchor (issue_id, kind, day, version, root, tx_hash, log_index, block_number, block_hash, block_time)
     select issue_id, 2, (block_time at time zone 'Asia/Tokyo')::date, 1, $2, tx_hash, log_index, block_number,
       block_hash, block_time from last`,
    [issueId, root],
  );
}

interface Success {
  secret: string | null;
  question: Question<OperationId>;
}

/** An issue of which the world's investor holds units. */
async function heldByInvestor(world: World): Promise<string> {
  const id = await world.activeIssue();
  await world.ledger.issue(id, world.investor.account, 5n);
  return id;
}
const own = (world: World, id: string): Success => ({
  secret: world.investor.secret,
  question: { params: { id }, query: {} },
});

const viewFor = (world: World) => ({
  auditorId: world.auditor.partyId,
  reason: "会計監査",
  until: new Date(world.clock.now().getTime() + 86_400_000).toISOString(),
});

/** A view of an issue that the trustee asked for. */
export async function askedView(world: World, id: string): Promise<string> {
  const { body } = await world.ask(world.trustee.secret, "askAuditView", {
    params: { id },
    body: viewFor(world),
  });
  return body.id;
}

export const anchorSuccesses = (issueOf: (world: World) => Promise<string>) => ({
  listAnchors: {
    200: async (world: World): Promise<Success> => {
      const id = await issueOf(world);
      await closeDay(world, id, leafOf({ account: "0x01", units: 1n, encumbered: 0n, lots: [] }));
      return { secret: world.issuer.secret, question: { params: { id }, query: {} } };
    },
  },
  readOwnHolding: {
    200: async (world: World): Promise<Success> => own(world, await heldByInvestor(world)),
  },
  listOwnEntries: {
    200: async (world: World): Promise<Success> => own(world, await heldByInvestor(world)),
  },
  askAuditView: {
    201: async (world: World): Promise<Success> => {
      const params = { id: await issueOf(world) };
      return { secret: world.trustee.secret, question: { params, body: viewFor(world) } };
    },
  },
  openAuditView: {
    200: async (world: World): Promise<Success> => {
      const params = { id: await askedView(world, await issueOf(world)) };
      return { secret: world.compliance.secret, question: { params, body: {} } };
    },
  },
  endAuditView: {
    200: async (world: World): Promise<Success> => {
      const params = { id: await askedView(world, await issueOf(world)) };
      return { secret: world.trustee.secret, question: { params, body: {} } };
    },
  },
  listAuditViews: {
    200: async (world: World): Promise<Success> => {
      const params = { id: await issueOf(world) };
      await askedView(world, params.id);
      return { secret: world.auditor.secret, question: { params, query: {} } };
    },
  },
  readAggregates: {
    200: async (world: World): Promise<Success> => {
      const params = { id: await issueOf(world) };
      return { secret: world.issuer.secret, question: { params, query: {} } };
    },
  },
});
