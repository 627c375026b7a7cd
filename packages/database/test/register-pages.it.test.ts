import { leftToCarry } from "@genbo/database/issues/issue-changes";
import { issuedUnits, ratioLinesOf } from "@genbo/database/issues/issue-units";
import { findCertificate } from "@genbo/database/legal/certificates";
import { entriesPage, linesOfHolds } from "@genbo/database/register/read-entries";
import { everInFavourOf } from "@genbo/database/register/read-pledges";
import { pastRatiosOf } from "@genbo/database/register/read-ratios";
import { createDerived } from "@genbo/database/register/write";
import type { Pool, Queryable } from "@genbo/database/sql/connection";
import { withRows } from "@genbo/database/sql/copy-rows";
import { uintWord, zeroAddress } from "@genbo/domain/words";
import { advance } from "@genbo/register/fold";
import { type ChainEntry, emptyState } from "@genbo/register/state";
import type { HoldingChange } from "@genbo/register/step";
import { beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "../../../test/support/database.ts";
import { account, createChain, personOf } from "../../register/test/chain.ts";
import { countingPages } from "./pages.ts";
import { writeIssue } from "./register-rows.ts";

/** Of others, in the midst of the history: they lie in hundreds of pages. */
const othersLines = 10_000;
/** More than what is asked here lies in. */
const pagesMax = 100;

const [own, spare, buyer] = [account(0), account(1), account(2)];
const [redeemed, still] = [account(4), account(6)];
const [one, two] = [account(20), account(22)];
const chain = createChain();
const split = (fields: Partial<ChainEntry>) =>
  chain.emit("RATIO", { basis: 10, data: uintWord((2n << 128n) | 1n), ...fields });
chain.issue(own, 100n);
const { ref } = split({ units: 100n });
split({ from: own, to: own, units: 200n, ref });
split({ units: 200n, ref });
for (const each of [redeemed, still]) chain.issue(each, 50n);
chain.redeem(redeemed, 20n);
for (const each of [one, two]) chain.issue(each, 1_000_000n);
chain.move(own, buyer, 10n);
const pledge = chain.hold(own, buyer, 30n, 0, { kind: 3 });
const before = chain.entries.length;
for (let n = 0; n < othersLines / 2; n += 1) {
  chain.move(one, two, 1n);
  chain.move(two, one, 1n);
}
// Changes what is held; then says something of a hold, and of an account.
const late = chain.move(buyer, spare, 1n, 1);
chain.onHold("HOLD_ACCEPTED", pledge, pledge.units, 1);
chain.emit("MARK", { to: redeemed, units: 30n, basis: 18 }, 1);

let pool: Pool;
let issueId: string;
beforeAll(async () => {
  pool = (await createTestDatabase()).pool("genbo");
  issueId = (await writeIssue(pool, chain.entries, personOf)).issueId;
  // With statistics PostgreSQL takes a few busy accounts for a reason to look through everything.
  await pool.query("analyze");
});

/** The answer, and that few pages were read for it. */
async function atFewPages<T>(ask: (db: Queryable) => Promise<T>): Promise<T> {
  const { db, pages } = countingPages(pool);
  const answer = await ask(db);
  expect(pages()).toBeGreaterThan(0);
  expect(pages()).toBeLessThan(pagesMax);
  return answer;
}

test("all lines of a person, whatever they did, cost the same however many lines the issue has", async () => {
  const at = { issueId, seq: chain.entries.length };
  for (const whose of [own, buyer, redeemed]) {
    const isTheirs = (each: string) => each !== zeroAddress && personOf(each) === personOf(whose);
    const named = chain.entries.filter(({ from, to }) => isTheirs(from) || isTheirs(to));
    const page = await atFewPages((db) => entriesPage(db, at, { personId: personOf(whose), limit: 100 }));
    expect(page.lines.map(({ seq }) => seq)).toEqual(named.map(({ seq }) => seq));
  }
  const personId = personOf(own);
  const last = await atFewPages((db) => entriesPage(db, at, { personId, after: before, limit: 1 }));
  expect(last).toMatchObject({ lines: [{ seq: late.seq }], next: late.seq });
});

test("a line that moves units and leaves an account that it names as it was is not written, since nothing would find it", () => {
  const [state, moving] = [emptyState(), createChain()];
  moving.issue(own, 5n);
  moving.move(own, buyer, 2n);
  const steps = moving.entries.map((entry) => advance(state, entry, personOf));
  const rows = (change: (holdings: HoldingChange[]) => HoldingChange[]) =>
    steps.map((step) => ({
      ...{ issueId, origin: { blockNumber: 1 } },
      step: { ...step, effect: { ...step.effect, holdings: change(step.effect.holdings) } },
    }));
  expect(() =>
    withRows(
      createDerived(),
      rows((holdings) => holdings),
    ),
  ).not.toThrow();
  expect(() =>
    withRows(
      createDerived(),
      rows((holdings) => holdings.slice(0, 1)),
    ),
  ).toThrow("leaves an account");
});

const certificates = [
  { of: still, state: "VALID", when: "others move" },
  { of: buyer, state: "SUPERSEDED", when: "its account gives units" },
  { of: spare, state: "SUPERSEDED", when: "its account gets units" },
  { of: own, state: "SUPERSEDED", when: "a hold on its account is accepted, which moves nothing" },
  { of: redeemed, state: "SUPERSEDED", when: "its account is marked" },
  { of: still, holdIds: [pledge.ref], state: "SUPERSEDED", when: "something is said of its hold" },
  { of: still, at: 2, state: "SUPERSEDED", when: "a split ends that had begun" },
];

test("whether a certificate stands costs the same however many lines followed it [TA 187]", async () => {
  await pool.query(
    `insert into investor (id, broker_id, external_id, person_id, class_bits, country, tax_category, valid_until, created_at)
     values ('inv_1', 'pty_trustee', '1', $1, 8, 392, 'RESIDENT', '2030-01-01Z', '2021-07-01Z')`,
    [personOf(own)],
  );
  await pool.query("insert into vault_subject (person_id, created_at) values ($1, '2021-07-01Z')", [
    personOf(own),
  ]);
  for (const [n, { of, at = before, holdIds = [], state, when }] of certificates.entries()) {
    await pool.query(
      `insert into certificate (number, issue_id, side, accounts, whole_person, person_id, seq, head, block, commitments,
         hold_ids, sealed, sha256, signers, party_id, issued_at)
       values ($1, $2, 'HOLDER', $3, false, $4, $5, $6, 1, (select array[particulars] from account where address = any($3)),
         $7, '', repeat('0', 64), '[]', 'pty_trustee', '2021-08-12Z')`,
      [`C-${n}`, issueId, [of], personOf(own), at, chain.entries[at - 1]!.head, holdIds],
    );
    const certificate = await atFewPages((db) => findCertificate(db, `C-${n}`));
    expect(certificate?.state, when).toBe(state);
  }
});

test("what was issued and redeemed, carried and pledged costs the same however many lines the issue has", async () => {
  const lines = await atFewPages((db) => ratioLinesOf(db, [issueId]));
  expect(await atFewPages((db) => issuedUnits(db, issueId, lines.get(issueId)!))).toBe(2_000_300n);
  expect(await atFewPages((db) => pastRatiosOf(db, issueId, [own, one]))).toHaveLength(1);
  expect(await atFewPages((db) => everInFavourOf(db, issueId, [buyer]))).toEqual([pledge.ref]);
  const at = { issueId, seq: chain.entries.length };
  const ofPledge = await atFewPages((db) => linesOfHolds(db, at, { ids: [pledge.ref], limit: 10 }));
  expect(ofPledge.map(({ seq }) => seq)).toEqual([pledge.seq, late.seq + 1]);
  const left = await atFewPages((db) => leftToCarry(db, issueId, ref));
  expect(left.map((each) => each.account)).toEqual([spare, buyer, redeemed, still, one, two]);
});
