import { refOf } from "@genbo/domain/ids";
import { beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../test/support/database.ts";
import { caseOperation, closeCases, reopenCases } from "../src/legal/cases-settle.ts";
import { withTransaction } from "../src/sql/connection.ts";

const at = new Date("2022-03-10T01:00:00Z");
const signer = `0x${"51".repeat(20)}`;
let db: TestDatabase;
let count = 0;

beforeAll(async () => {
  db = await createTestDatabase();
  const owner = db.pool("genbo");
  await owner.query(
    "insert into party (id, kind, name, signer, created_at) values ('t', 'trustee', 'T', $1, $2)",
    [signer, at],
  );
  await owner.query(
    "insert into party (id, kind, name, issuer_role, created_at) values ('i', 'issuer', 'I', 1000, $1)",
    [at],
  );
  await owner.query("insert into lane (signer) values ($1)", [signer]);
  await owner.query(
    `insert into issue (id, ref, issuer_id, trustee_id, profile, name, symbol, terms, terms_hash, certificateless,
       total_units, unit_price_yen, min_units, lot, policy, state, maker, created_at)
     values ('iss', $1, 'i', 't', 'TRUST_BENEFICIAL', 'Issue', 'ST', '{}', $1, true, 10, 1, 1, 1, $1, 'draft', 'm', $2)`,
    [refOf("iss"), at],
  );
});

interface Approved {
  id: string;
  operationId: string;
}

/** An approved case and its operation, whose rows ended with these codes (0: entered). */
async function approved(codes: readonly number[], kind = "SUCCESSION"): Promise<Approved> {
  const owner = db.pool("genbo");
  const id = `cas_${count + 1}`;
  await owner.query(
    `insert into legal_case (id, ref, issue_id, kind, basis, state, party_id, broker_ids, maker, checker, facts, documents,
       deadlines, created_at, decided_at)
     values ($1, $2, 'iss', $4, 5, 'approved', 't', '{}', 'a', 'b', '{"account": "0x1", "units": "10"}', '[]', '[]', $3, $3)`,
    [id, refOf(id), at, kind],
  );
  return approvedAgain(id, codes);
}

async function approvedAgain(
  id: string,
  codes: readonly number[],
  calls = ["enforceTransfers"],
): Promise<Approved> {
  const owner = db.pool("genbo");
  count += 1;
  const operationId = `op_${count}`;
  await owner.query(
    `insert into operation (id, ref, party_id, kind, state, issue_id, subject_id, maker, checker, rows, request_id, accepted_at, updated_at)
     values ($1, $2, 't', $3, 'accepted', 'iss', $4, 'b', 'b', $5, 'r', $6, $6)`,
    [operationId, refOf(operationId), caseOperation, id, codes.length, at],
  );
  for (const [row, code] of codes.entries())
    await owner.query(
      `insert into command (operation_id, row, signer, call, ref, args, priority, state, code)
       values ($1, $2, $3, $7, $4, '{}', 1, $5, nullif($6::int, 0))`,
      [
        ...[operationId, row, signer, refOf(id, row), code === 0 ? "entered" : "refused", code],
        calls[row] ?? calls[0],
      ],
    );
  return { id, operationId };
}

const ended = ({ operationId }: Approved, state: string) =>
  db.pool("genbo").query("update operation set state = $2 where id = $1", [operationId, state]);
const close = (of: { id: string; operationId: string }, rowsRefused: number) =>
  withTransaction(db.pool("genbo_indexer"), (tx) =>
    closeCases(
      tx,
      [{ id: of.operationId, kind: caseOperation, subjectId: of.id, rowsRefused }],
      (code) => `C${code}`,
    ),
  );
const caseNow = async ({ id }: { id: string }) => {
  const found = await db.pool("genbo").query("select state, code from legal_case where id = $1", [id]);
  return [found.rows[0].state, found.rows[0].code];
};

test("a case is entered when every row was, and refused with the first code when one was not", async () => {
  const [whole, part] = [await approved([0, 0]), await approved([0, 31, 47])];
  await close(whole, 0);
  await close(part, 2);
  expect([await caseNow(whole), await caseNow(part)]).toEqual([
    ["entered", null],
    ["refused", "C31"],
  ]);
});

test("other operations about a case leave it alone", async () => {
  const one = await approved([0]);
  await withTransaction(db.pool("genbo_indexer"), (tx) =>
    closeCases(tx, [{ id: one.operationId, kind: "issuance", subjectId: one.id, rowsRefused: 0 }], String),
  );
  expect(await caseNow(one)).toEqual(["approved", null]);
});

test("a case whose blocks were lost is under way again; one that a person closed stays closed", async () => {
  const [lost, kept, refused] = [await approved([0]), await approved([0]), await approved([0])];
  await close(lost, 0);
  await close(kept, 0);
  const owner = db.pool("genbo");
  await owner.query("update operation set state = 'entered', rows_entered = 1 where id = $1", [
    kept.operationId,
  ]);
  await owner.query("update operation set state = 'accepted' where id = $1", [lost.operationId]);
  await owner.query("delete from command where operation_id = $1", [refused.operationId]);
  await owner.query("delete from operation where id = $1", [refused.operationId]);
  await owner.query("update legal_case set state = 'refused' where id = $1", [refused.id]);
  await withTransaction(db.pool("genbo_indexer"), reopenCases);
  expect([await caseNow(lost), await caseNow(kept), await caseNow(refused)]).toEqual([
    ["approved", null],
    ["entered", null],
    ["refused", null],
  ]);
});

describe("an attachment that the chain refused", () => {
  const refusedOnce = async () => {
    const one = await approved([43], "ATTACHMENT");
    await ended(one, "refused");
    await close(one, 1);
    return one;
  };
  const approve = async ({ id }: Approved, codes: readonly number[]) => {
    await db
      .pool("genbo_api")
      .query(
        "update legal_case set state = 'approved', checker = 'c', decided_at = $2, code = null where id = $1",
        [id, at],
      );
    return approvedAgain(id, codes);
  };

  test("is open again for a second person, and entered when it is approved anew [CEA 145(5)]", async () => {
    const one = await refusedOnce();
    const row = "select state, code, checker, decided_at from legal_case where id = $1";
    const found = await db.pool("genbo").query(row, [one.id]);
    expect(found.rows[0]).toEqual({ state: "open", code: "C43", checker: null, decided_at: null });
    await close(await approve(one, [0]), 0);
    expect(await caseNow(one)).toEqual(["entered", null]);
  });

  test("is what its newest operation makes of it, when a rollback brings both back", async () => {
    const one = await refusedOnce();
    const again = await approve(one, [0]);
    await ended(one, "accepted");
    await close(one, 1);
    expect(await caseNow(one)).toEqual(["approved", null]);
    await close(again, 0);
    await close(one, 1);
    expect(await caseNow(one)).toEqual(["entered", null]);
  });

  test("is approved again when a rollback takes the refusal back, also after it was withdrawn", async () => {
    const [open, withdrawn] = [await refusedOnce(), await refusedOnce()];
    const owner = db.pool("genbo");
    await owner.query("update legal_case set state = 'withdrawn', decided_at = $2 where id = $1", [
      withdrawn.id,
      at,
    ]);
    await ended(open, "accepted");
    await ended(withdrawn, "accepted");
    await withTransaction(db.pool("genbo_indexer"), reopenCases);
    expect([await caseNow(open), await caseNow(withdrawn)]).toEqual([
      ["approved", null],
      ["approved", null],
    ]);
  });

  test("is entered where only a request that it would end had ended by itself", async () => {
    const { id } = await approved([], "ATTACHMENT");
    const one = await approvedAgain(id, [41, 0], ["rejectTransfers", "createHolds"]);
    await close(one, 1);
    expect(await caseNow(one)).toEqual(["entered", null]);
  });
});

test("the database keeps four eyes and known kinds by itself", async () => {
  const owner = db.pool("genbo");
  const { id } = await approved([0]);
  await expect(owner.query("update legal_case set checker = maker where id = $1", [id])).rejects.toThrow(
    "check",
  );
  await expect(owner.query("update legal_case set kind = 'GIFT' where id = $1", [id])).rejects.toThrow(
    "check",
  );
  await expect(owner.query("update legal_case set checker = null where id = $1", [id])).rejects.toThrow(
    "check",
  );
  const indexer = db.pool("genbo_indexer");
  await expect(indexer.query("update legal_case set reason = 'x' where id = $1", [id])).rejects.toThrow(
    "permission",
  );
  const api = db.pool("genbo_api");
  await expect(api.query("update legal_case set facts = '{}' where id = $1", [id])).rejects.toThrow(
    "permission",
  );
});
