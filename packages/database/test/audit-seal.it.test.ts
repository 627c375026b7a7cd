import { withTransaction } from "@genbo/database/sql/connection";
import { expect, test } from "vitest";
import { createTestDatabase } from "../../../test/support/database.ts";
import { type AuditEntry, writeAudit } from "../src/commands/audit.ts";
import { sealAudit, verifySeals } from "../src/commands/audit-seal.ts";

const entry = (target: string): AuditEntry => ({
  partyId: null,
  actor: "staff:1",
  action: "test",
  target,
  outcome: "done",
  purpose: null,
  detail: { rows: 2, note: "監査" },
  requestId: "req",
  at: new Date("2021-08-11T00:00:00.123Z"),
});

test("rows are sealed once, in an order that no later commit can enter", async () => {
  const database = await createTestDatabase();
  const [api, worker, owner] = [
    database.pool("genbo_api"),
    database.pool("genbo_worker"),
    database.pool("genbo"),
  ];
  await writeAudit(api, entry("1"));
  const seals = () => sealAudit(worker);
  await withTransaction(api, async (tx) => {
    await writeAudit(tx, entry("slow"));
    await writeAudit(api, entry("2"));
    expect(await seals(), "a row behind a running transaction waits").toBe(1);
    expect(await seals()).toBe(0);
  });
  await writeAudit(api, entry("3"));
  expect((await Promise.all([seals(), seals(), seals()])).sort()).toEqual([0, 0, 3]);
  const order = await owner.query(
    "select a.target from audit_seal s join audit_row a on a.id = s.audit_id order by s.seq",
  );
  expect(order.rows.map(({ target }) => target)).toEqual(["1", "slow", "2", "3"]);
  const whole = await verifySeals(worker);
  expect(whole).toMatchObject({ sealed: 4, last: { seq: 4 }, unsealed: 0, missed: 0, brokenAt: undefined });

  await owner.query("update audit_row set actor = 'staff:2' where target = '2'");
  expect(await verifySeals(worker)).toMatchObject({ sealed: 2, brokenAt: 3 });
  await owner.query("update audit_row set actor = 'staff:1' where target = '2'");
  await owner.query("update audit_seal set hash = repeat('0', 64) where seq = 4");
  expect(await verifySeals(worker)).toMatchObject({ brokenAt: 4 });
});

test("an end that was cut off, or a chain that was made anew, shows by a seal that was noted before", async () => {
  const database = await createTestDatabase();
  const [api, worker, owner] = [
    database.pool("genbo_api"),
    database.pool("genbo_worker"),
    database.pool("genbo"),
  ];
  for (const target of ["1", "2", "3"]) await writeAudit(api, entry(target));
  await sealAudit(worker);
  const { last: noted } = await verifySeals(worker);
  await writeAudit(api, entry("4"));
  await sealAudit(worker);
  expect(await verifySeals(worker, noted)).toMatchObject({ sealed: 4, brokenAt: undefined });

  await owner.query("delete from audit_seal where seq > 2");
  await owner.query("delete from audit_row where target in ('3', '4')");
  expect(await verifySeals(worker)).toMatchObject({ sealed: 2, brokenAt: undefined });
  expect(await verifySeals(worker, noted)).toMatchObject({ sealed: 2, brokenAt: 3 });
  await writeAudit(api, entry("another"));
  await sealAudit(worker);
  expect(await verifySeals(worker)).toMatchObject({ sealed: 3, brokenAt: undefined });
  expect(await verifySeals(worker, noted)).toMatchObject({ sealed: 2, brokenAt: 3 });
});

test("no process role can alter or remove what was audited or sealed", async () => {
  const database = await createTestDatabase();
  await writeAudit(database.pool("genbo_api"), entry("1"));
  await sealAudit(database.pool("genbo_worker"));
  for (const role of ["genbo_api", "genbo_worker", "genbo_indexer"] as const) {
    for (const text of [
      "update audit_row set actor = ''",
      "delete from audit_row",
      "update audit_seal set seq = 9",
      "delete from audit_seal",
    ]) {
      await expect(database.pool(role).query(text), `${role}: ${text}`).rejects.toThrow("permission denied");
    }
  }
});
