import { recordUnderWay } from "../outbox/record-under-way.ts";
import type { Difference, OpenedParticulars, UnopenedReconciliation } from "../reconcile/reconciliations.ts";
import { everHeld, heldBy } from "../register/standing.ts";
import type { Queryable } from "../sql/connection.ts";
import type { VaultKeys } from "./keys.ts";
import { commitmentOf, openParticulars } from "./seal.ts";
import { newest } from "./vault.ts";

interface Row {
  account: string;
  /** As the registry names them; null for an account without a record. */
  person_id: string | null;
  commitment: string | null;
  /** The row of the vault with this commitment, if it has one. */
  vault_person: string | null;
  version: number;
  sealed: Buffer;
  wrapped_key: Buffer | null;
  /** What the record says by now, and shall say; null while one is under way, and where nothing is said of it. */
  flags: number | null;
  due_flags: number | null;
  due_commitment: string | null;
}

/** Some 10 ms of the process, which requests that come meanwhile wait for. */
const pageRowsDefault = 200;
/** Differences and erased accounts that are named; their number says the rest. */
const namedMax = 100;

/**
 * Opens what the chain committed to for each holder of a state: name and address of a holder are items of the register
 * (Trust Act 186(iii), Companies Act 681(iv)), so units whose holder cannot be named stand in no register. Page by page,
 * since it shares the process with the requests.
 */
export async function openHolders(
  db: Queryable,
  keys: VaultKeys,
  state: UnopenedReconciliation,
  pageRows = pageRowsDefault,
): Promise<OpenedParticulars> {
  const result: OpenedParticulars = { opened: 0, erased: 0, erasedAccounts: [], differences: [] };
  for (let after: string | undefined = ""; after !== undefined; ) {
    const rows = await holdersAfter(db, state, { after, limit: pageRows });
    for (const row of rows) await note(keys, row, result);
    after = rows.length < pageRows ? undefined : rows.at(-1)?.account;
  }
  return result;
}

/** Accounts that hold at the state, or whose holding ended since the last comparison that found nothing. */
async function holdersAfter(
  db: Queryable,
  { issueId, seq, block, comparedSeq }: UnopenedReconciliation,
  { after, limit }: { after: string; limit: number },
): Promise<Row[]> {
  const found = await db.query<Row>({
    name: "holders-to-open",
    text: `select h.account, r.person_id, r.particulars as commitment, p.person_id as vault_person, p.version, p.sealed,
        s.wrapped_key, due.*
      from (select account from ${everHeld("$1", "$3", "$2")} e
        where exists (select 1 from ${heldBy("$1", "e.account", "least($3, $4)")} h)
          or exists (select 1 from holding_period p where p.issue_id = $1 and p.account = e.account and p.units > 0
            and p.from_seq > least($3, $4) and p.from_seq <= $3)
        order by account limit $6) h
      left join lateral (
        select seq, person_id, particulars from registry_record r where r.wallet = h.account and r.block_number <= $5
        order by r.seq desc limit 1
      ) r on true
      left join vault_particulars p on p.commitment = r.particulars
      left join vault_subject s on s.person_id = p.person_id
      left join lateral (
        select a.flags, i.flags as due_flags,
          -- What a broker changes reaches an own wallet when the trustee renews that.
          case when a.custodian_id > 0 then (${newest("v.commitment", "a.person_id")}) end as due_commitment
        from account a join investor i on i.person_id = a.person_id
        where a.address = h.account and a.seq = r.seq and not ${recordUnderWay("h.account")}
      ) due on true
      order by h.account`,
    values: [issueId, after, seq, comparedSeq, block, limit],
  });
  return found.rows;
}

async function note(keys: VaultKeys, row: Row, result: OpenedParticulars): Promise<void> {
  if (row.vault_person !== null && row.vault_person === row.person_id && row.wrapped_key === null) {
    result.erased += 1;
    if (result.erasedAccounts.length < namedMax) result.erasedAccounts.push(row.account);
    return;
  }
  const fault = await faultOf(keys, row);
  if (fault === undefined) result.opened += 1;
  const differences = [...(fault === undefined ? [] : [differenceOf(row, fault)]), ...recordDifferences(row)];
  result.differences.push(...differences.slice(0, namedMax - result.differences.length));
}

/** An account whose record is not what was decided last of its person, and on which nothing is under way. */
function recordDifferences(row: Row): Difference[] {
  const { account, flags, commitment, due_flags: dueFlags, due_commitment: dueCommitment } = row;
  const differs = (register: string, other: string) =>
    ({ what: "record of the holder", account, register, other }) as const;
  return [
    ...(dueFlags === null || dueFlags === flags ? [] : [differs(`flags ${flags}`, `flags ${dueFlags}`)]),
    ...(dueCommitment === null || dueCommitment === commitment ? [] : [differs(commitment!, dueCommitment)]),
  ];
}

async function faultOf(keys: VaultKeys, row: Row): Promise<string | undefined> {
  const { person_id: personId, vault_person: vaultPerson, commitment, version } = row;
  if (commitment === null) return "no record";
  if (vaultPerson === null) return "none in the vault";
  if (vaultPerson !== personId) return `those of ${vaultPerson}`;
  try {
    const key = await keys.unwrap(row.wrapped_key!, vaultPerson);
    const opened = openParticulars(key, vaultPerson, version, row.sealed);
    return commitmentOf(opened) === commitment ? undefined : `those of ${commitmentOf(opened)}`;
  } catch {
    // Another key, or a changed byte: authenticated encryption does not say which.
    return "not to be opened";
  }
}

const differenceOf = ({ account, commitment }: Row, other: string): Difference => ({
  what: "particulars",
  account,
  register: commitment ?? "units",
  other,
});
