import { writeCompared } from "@genbo/database/reconcile/reconciliations";
import { positionOf } from "@genbo/database/register/read-position";
import { withTransaction } from "@genbo/database/sql/connection";
import { openHolders } from "@genbo/database/vault/check";
import { newId } from "@genbo/domain/ids";
import { beforeAll, expect, it } from "vitest";
import { openDue } from "../src/register/open-particulars.ts";
import { customer } from "./support/samples.ts";
import { createWorld, type Holder, type World } from "./support/world.ts";

let world: World;
let issueId: string;
let holders: Holder[];
beforeAll(async () => {
  world = await createWorld();
  issueId = await world.activeIssue();
  holders = [];
  for (const name of ["one", "two", "three"]) {
    const holder = await world.open(world.broker, `customer-${name}`);
    await world.ledger.issue(issueId, holder.account, 10n);
    holders.push(holder);
  }
});

/** What the api says of the particulars, once the indexer has compared register and chain without a difference. */
async function opened() {
  const at = world.clock.now();
  const id = newId("rec", at);
  await world.owner.query("insert into reconciliation (id, issue_id, asked_at) values ($1, $2, $3)", [
    ...[id, issueId, at],
  ]);
  const { seq, block, hash } = (await positionOf(world.owner, issueId))!;
  const state = { at, seq, block, hash, holdings: holders.length, differences: [], breakId: null };
  await withTransaction(world.db.pool("genbo_indexer"), (tx) => writeCompared(tx, id, state));
  await openDue(world.ctx);
  const found = await world.owner.query("select particulars from reconciliation where id = $1", [id]);
  return found.rows[0].particulars;
}

/** Alters something in the vault for a while, as whoever owns the tables could. */
async function whileAltered(table: string, set: string, where: { person_id: string }) {
  const column = set.split(" = ")[0];
  const [before] = (
    await world.owner.query(`select ${column} as value from ${table} where person_id = $1`, [where.person_id])
  ).rows;
  await world.owner.query(`update ${table} set ${set} where person_id = $1`, [where.person_id]);
  const result = await opened();
  await world.owner.query(`update ${table} set ${column} = $2 where person_id = $1`, [
    ...[where.person_id, before.value],
  ]);
  return result;
}

const commitmentOf = async ({ personId }: Holder): Promise<string> =>
  (await world.owner.query("select commitment from vault_particulars where person_id = $1", [personId]))
    .rows[0].commitment;

it("opens each holder's particulars and finds what the chain committed to [TA 186(iii)]", async () => {
  expect(await opened()).toEqual({ opened: 3, erased: 0, erasedAccounts: [], differences: [] });
});

it("opens every holder once, whatever a page has", async () => {
  const { seq, block, hash } = (await positionOf(world.owner, issueId))!;
  const state = { id: "rec", issueId, seq, block, hash, comparedSeq: 0 };
  for (const limit of [1, 2, 3, 4])
    expect((await openHolders(world.owner, world.ctx.vaultKeys, state, limit)).opened).toBe(3);
});

it("says who was erased, which is no difference", async () => {
  const [holder] = holders;
  const found = await whileAltered("vault_subject", "wrapped_key = null", { person_id: holder!.personId });
  expect(found).toEqual({ opened: 2, erased: 1, erasedAccounts: [holder!.account], differences: [] });
});

it("finds a byte that was changed, and particulars that were moved to another person", async () => {
  const [first, second] = holders as [Holder, Holder];
  const difference = { what: "particulars", account: first.account, register: await commitmentOf(first) };
  const altered = await whileAltered(
    "vault_particulars",
    "sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)",
    {
      person_id: first.personId,
    },
  );
  expect(altered).toMatchObject({ opened: 2, differences: [{ ...difference, other: "not to be opened" }] });
  const moved = await whileAltered(
    "vault_particulars",
    `sealed = (select sealed from vault_particulars where person_id = '${second.personId}')`,
    { person_id: first.personId },
  );
  expect(moved.differences).toEqual([{ ...difference, other: "not to be opened" }]);
});

it("finds particulars that the vault has lost, and others under the same commitment", async () => {
  const [first] = holders as [Holder];
  const register = await commitmentOf(first);
  const difference = { what: "particulars", account: first.account, register };
  const lost = await whileAltered("vault_particulars", `commitment = '0x${"cd".repeat(32)}'`, {
    person_id: first.personId,
  });
  expect(lost.differences).toEqual([{ ...difference, other: "none in the vault" }]);
  // The registry names another person's commitment than the one that the account's particulars have.
  const recorded = `0x${"ef".repeat(32)}`;
  const commit = (table: string, to: string, from: string) =>
    world.owner.query(
      `update ${table} set ${table === "registry_record" ? "particulars" : "commitment"} = $1
       where ${table === "registry_record" ? "particulars" : "commitment"} = $2`,
      [to, from],
    );
  await commit("registry_record", recorded, register);
  await commit("vault_particulars", recorded, register);
  const others = await opened();
  await commit("registry_record", register, recorded);
  await commit("vault_particulars", register, recorded);
  expect(others.differences).toEqual([{ ...difference, register: recorded, other: `those of ${register}` }]);
});

it("finds an account whose record is not what was decided last of its holder, once nothing is under way", async () => {
  const [{ account, investorId, personId }] = holders as [Holder];
  const register = await commitmentOf(holders[0]!);
  const { particulars } = customer("customer-one");
  const body = {
    effectiveOn: "2021-08-01",
    evidenceRef: "DOC-1",
    particulars: { ...particulars, bornOn: "1980-01-01" },
  };
  const changed = await world.ask(world.broker.secret, "changeParticulars", {
    params: { id: investorId },
    body,
  });
  const asked = await world.owner.query("select args from command where operation_id = $1", [
    changed.body.operationId,
  ]);
  const difference = { what: "record of the holder", account };
  expect((await opened()).differences, "under way").toEqual([]);
  const ends = async (state: string) => {
    await world.owner.query("update command set state = 'entered'");
    await world.owner.query(
      "update operation set state = $1, rows_entered = ($1 = 'entered')::integer where id = $2",
      [state, changed.body.operationId],
    );
    return (await opened()).differences;
  };
  const other = asked.rows[0].args.particulars;
  expect(await ends("entered")).toEqual([{ ...difference, register, other }]);
  expect(await ends("refused"), "refused by the chain: it does not stand").toEqual([]);
  const flagged = await whileAltered("investor", "flags = 4", { person_id: personId });
  expect(flagged.differences).toEqual([{ ...difference, register: "flags 0", other: "flags 4" }]);
});
