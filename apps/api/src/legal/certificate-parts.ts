import { certificateAccountsMax, certificateEntriesMax } from "@genbo/api-schema/limits";
import { anchoredRootAt } from "@genbo/database/register/anchors";
import { registerPage } from "@genbo/database/register/read";
import { type EntryLine, entriesPage, linesOfHolds } from "@genbo/database/register/read-entries";
import { type HoldAt, holdsOf } from "@genbo/database/register/read-holds";
import { marksAt } from "@genbo/database/register/read-marks";
import type { Reading } from "@genbo/database/register/read-overlay";
import { namedUntil, type Position } from "@genbo/database/register/read-position";
import type { RegisterRow } from "@genbo/database/register/row";
import { particularsAt } from "@genbo/database/vault/at";
import type { Particulars } from "@genbo/database/vault/seal";
import { type EntryKind, entryKinds, holdKinds } from "@genbo/domain/entry-kinds";
import type { ProfileName } from "@genbo/domain/profiles";
import type { ApiContext } from "../context.ts";
import { notFound, ProblemError } from "../http/problem.ts";
import { dataErased } from "../parties/person-key.ts";
import { accountsMax } from "../register/holder.ts";
import { markLine } from "../register/register-book.ts";
import { anchoredRootWire } from "../wire/anchors.ts";
import { holdWire } from "../wire/cases.ts";
import { entryWire, registerRowWire } from "../wire/register.ts";

/** What a certificate says of one account. */
export interface AccountPart {
  account: string;
  /** HMAC-SHA256 of the particulars' canonical JSON under the salt is the commitment on chain. */
  opening: Opening;
  body: Readonly<Record<string, unknown>> & { marks?: readonly { trustProperty: boolean }[] };
  holdIds: string[];
}

interface Opening {
  commitment: string;
  salt: string;
  particulars: Particulars;
}

/** A holder's one account, or all in which he has units. */
export async function holderParts(
  ctx: ApiContext,
  position: Reading,
  { account, personId }: { account: string | null; personId: string },
  profile: ProfileName,
): Promise<AccountPart[]> {
  const { rows } = await registerPage(ctx.pool, position, { personId, limit: accountsMax });
  const accounts = account === null ? accountsOf(rows) : [account];
  const openings = await openingsOf(ctx, position, accounts);
  const holdings = accounts.map((each) => {
    const holding = rows.find((row) => row.account === each);
    if (holding === undefined) throw notFound();
    return holding;
  });
  const holds = await holdsOf(ctx.pool, position, { side: "account", accounts });
  const entries = await entriesOf(ctx, position, personId, accounts);
  const marks = await marksAt(ctx.pool, position, accounts);
  const proofs = await proofsOf(ctx, position, accounts);
  return holdings.map((holding, place) => {
    const of = holding.account;
    const ownHolds = holds.filter((hold) => hold.account === of);
    return {
      account: of,
      opening: openings[place]!,
      body: {
        marks: marks.filter((mark) => mark.account === of).map((mark) => markLine(mark, profile)),
        holding: registerRowWire(holding),
        holds: ownHolds.map(holdLine),
        entries: entries[place]!.map((line) => entryLine(line, of, profile)),
        ...proofs[place]!,
      },
      holdIds: ownHolds.map(({ id }) => id),
    };
  });
}

/** @throws ProblemError NOT_FOUND without any, STATE_CONFLICT for too many */
function accountsOf(rows: readonly RegisterRow[]): string[] {
  if (rows.length === 0) throw notFound();
  if (rows.length > certificateAccountsMax) {
    const detail = `There are more than ${certificateAccountsMax} accounts: ask for one after the other.`;
    throw new ProblemError("STATE_CONFLICT", detail);
  }
  return rows.map(({ account }) => account);
}

/** Where each account stands in the tree of all, and where the chain itself holds the tree's root. */
async function proofsOf(ctx: ApiContext, position: Reading, accounts: readonly string[]) {
  const { root, prove } = await ctx.treeOf(position);
  const { issueId, seq } = position;
  // For a state in which a day or a record date closed.
  const found = await anchoredRootAt(ctx.pool, { issueId, seq, root });
  const anchored = found === undefined ? null : anchoredRootWire(found);
  const proofs = [];
  for (const account of accounts) {
    const proof = await prove(account);
    proofs.push(proof === undefined ? { anchored: null } : { merkle: { root, path: proof.path }, anchored });
  }
  return proofs;
}

/** Pledgee and pledged units (Trust Act 201(1), Companies Act 694(1)): what the pledgor has besides is not his. */
export async function pledgeePart(
  ctx: ApiContext,
  position: Position,
  account: string,
  profile: ProfileName,
): Promise<AccountPart> {
  const [opening] = await openingsOf(ctx, position, [account]);
  const of = { side: "target" as const, accounts: [account], kind: holdKinds.PLEDGE };
  const pledges = await holdsOf(ctx.pool, position, of);
  if (pledges.length === 0) throw notFound();
  const holdIds = pledges.map(({ id }) => id);
  // An assigned pledge's first lines name the pledgee before, those of a part are the undivided pledge's.
  const ids = [...new Set(pledges.flatMap(({ lines }) => lines))];
  const limit = certificateEntriesMax + 1;
  const entries = await linesOfHolds(ctx.pool, position, { ids, limit });
  if (entries.length === limit) throw tooMany();
  return {
    account,
    opening: opening!,
    body: {
      pledges: pledges.map(
        ({ id, account: pledged, units, claimed, behind, partOf, rank, claim, fromSeq }) => ({
          id,
          account: pledged,
          units,
          waiting: claimed - units,
          behind,
          partOf,
          rank,
          claim,
          fromSeq,
        }),
      ),
      entries: entries.map((line) => entryLine(line, account, profile)),
    },
    holdIds,
  };
}

/** Of each account the particulars that its commitment names. @throws ProblemError NOT_FOUND, STATE_CONFLICT once erased */
async function openingsOf(
  ctx: ApiContext,
  position: Position,
  accounts: readonly string[],
): Promise<Opening[]> {
  const persons = await particularsAt(ctx.pool, ctx.vaultKeys, namedUntil(position), accounts);
  return accounts.map((account) => {
    const person = persons.get(account);
    if (person === undefined) throw notFound();
    const { commitment, opened } = person;
    if (opened === null) throw dataErased();
    return { commitment, ...opened };
  });
}

/** The lines of a person up to a position, for each of these accounts its own. */
async function entriesOf(
  ctx: ApiContext,
  position: Position,
  personId: string,
  accounts: readonly string[],
): Promise<EntryLine[][]> {
  const kept = accounts.map((): EntryLine[] => []);
  for (let after: number | null = 0; after !== null; ) {
    const page = await entriesPage(ctx.pool, position, { personId, after, limit: 1_000 });
    for (const [place, account] of accounts.entries()) {
      const own = kept[place]!;
      own.push(...page.lines.filter((line) => isOwn(line, account)));
      if (own.length > certificateEntriesMax) throw tooMany();
    }
    after = page.next;
  }
  return kept;
}

const tooMany = (): ProblemError =>
  new ProblemError(
    "STATE_CONFLICT",
    `There are more than ${certificateEntriesMax} entries: ask as of an earlier day.`,
  );

const unitsMove: ReadonlySet<number> = new Set(
  (
    [
      "ISSUE",
      "REDEEM",
      "TRANSFER",
      "FORCED_TRANSFER",
      "RECOVERY",
      "HOLD_EXECUTED",
      "HOLD_SUCCEEDED",
    ] satisfies EntryKind[]
  ).map((kind) => entryKinds[kind]),
);

/** A hold in favour of an account is an entry of whom it encumbers, until its units arrive. */
const isOwn = ({ from, to, kind }: EntryLine, account: string): boolean =>
  from === account || (to === account && unitsMove.has(kind));

/** An entry without the other side, and without who acted for it. */
function entryLine(line: EntryLine, account: string, profile: ProfileName) {
  const { from, to, fromPerson, toPerson, operationId, maker, checker, ...rest } = entryWire(profile)(line);
  return { ...rest, side: line.from === account ? "FROM" : "TO" };
}

/** A hold with the account that it is in favour of, and no person: a pledgee has a certificate of its own. */
function holdLine(hold: HoldAt) {
  const { personId, targetPersonId, caseId, ...rest } = holdWire(new Map())(hold);
  return rest;
}
