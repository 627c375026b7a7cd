import { certificateAccountsMax, certificateEntriesMax } from "@genbo/api-schema/limits";
import type { IssueWithState } from "@genbo/database/issues/issues";
import type { CertificateSide } from "@genbo/database/legal/certificates";
import { anchoredRootAt } from "@genbo/database/register/anchors";
import { registerPage } from "@genbo/database/register/read";
import { type EntryLine, entriesPage, linesOfHolds } from "@genbo/database/register/read-entries";
import { type HoldAt, holdsOf } from "@genbo/database/register/read-holds";
import { marksAt } from "@genbo/database/register/read-marks";
import type { Reading } from "@genbo/database/register/read-overlay";
import type { Position } from "@genbo/database/register/read-position";
import { type ParticularsAt, particularsAt } from "@genbo/database/vault/at";
import type { Particulars } from "@genbo/database/vault/seal";
import { articlesJa } from "@genbo/domain/articles-ja";
import { type EntryKind, entryKinds, holdKinds } from "@genbo/domain/entry-kinds";
import type { ProfileName } from "@genbo/domain/profiles";
import type { ApiContext } from "../context.ts";
import { notFound, ProblemError } from "../http/problem.ts";
import { bookTerms, markLine } from "../register/register-book.ts";
import { anchoredRootWire } from "../wire/anchors.ts";
import { holdWire } from "../wire/cases.ts";
import { entryWire, registerRowWire } from "../wire/register.ts";

export interface CertificateSubject {
  number: string;
  side: CertificateSide;
  /** Null: all accounts of the person. */
  account: string | null;
  personId: string;
  at: Date;
}

type OfAccount = CertificateSubject & { account: string };

export interface CertificateContent {
  /** What is signed. */
  statement: Readonly<Record<string, unknown>>;
  accounts: string[];
  /** Of the particulars that it opens, account by account. */
  commitments: string[];
  holdIds: string[];
}

/** What it is called in the trade. */
const titles: Readonly<Record<ProfileName, Record<CertificateSide, string>>> = {
  TRUST_BENEFICIAL: {
    HOLDER: "受益権原簿記載事項証明書",
    PLEDGEE: "登録受益権質権者についての受益権原簿記載事項証明書",
  },
  BOND: { HOLDER: "社債原簿記載事項証明書", PLEDGEE: "質権者についての社債原簿記載事項証明書" },
};

const articles: Readonly<Record<ProfileName, Record<CertificateSide, string>>> = {
  TRUST_BENEFICIAL: { HOLDER: "TA 187(1)", PLEDGEE: "TA 202(1)" },
  BOND: { HOLDER: "CA 682(1)", PLEDGEE: "CA 695(1)" },
};

/**
 * What a certificate says: of one holder its own entries, holding, lots and holds, account by account; of one pledgee its
 * pledges. Of whoever stands on the other side of an entry it says nothing.
 * @throws ProblemError NOT_FOUND where the register has nothing of it, STATE_CONFLICT
 */
export async function certificateContent(
  ctx: ApiContext,
  issue: IssueWithState,
  position: Reading,
  of: CertificateSubject,
): Promise<CertificateContent> {
  const profile = issue.profile as ProfileName;
  const accounts = of.account === null ? await accountsOf(ctx, position, of.personId) : [of.account];
  const parts: AccountPart[] = [];
  for (const account of accounts) parts.push(await accountPart(ctx, position, { ...of, account }, profile));
  const [first] = parts as [AccountPart, ...AccountPart[]];
  const { seq, head, block, hash, time } = position;
  // A pledgee's says pledges alone (Trust Act 202(1), Companies Act 695(1)).
  const terms =
    of.side === "HOLDER" ? await bookTerms(ctx, issue, { seq, knownSeq: position.knownAt.seq }) : {};
  const article = articleOf(profile, of.side, parts);
  const { name, address } = first.opening.particulars;
  const statement = {
    type: "genbo-certificate-of-entries",
    version: of.account === null ? 3 : 2,
    title: titles[profile][of.side],
    number: of.number,
    article,
    articleText: articlesJa(article),
    issuedAt: of.at,
    issue: { id: issue.id, profile, name: issue.name, symbol: issue.symbol, token: issue.token },
    asOf: { seq, head, block, hash, time },
    ...terms,
    side: of.side,
    person: { personId: of.personId, name, address },
    ...(of.account === null ? { accounts: parts.map(saidOf) } : saidOf(first)),
  };
  return {
    statement,
    accounts,
    commitments: parts.map(({ opening }) => opening.commitment),
    holdIds: parts.flatMap(({ holdIds }) => holdIds),
  };
}

/** The accounts in which a person has units. @throws ProblemError NOT_FOUND without any, STATE_CONFLICT for too many */
async function accountsOf(ctx: ApiContext, position: Reading, personId: string): Promise<string[]> {
  const { rows } = await registerPage(ctx.pool, position, { personId, limit: certificateAccountsMax + 1 });
  if (rows.length === 0) throw notFound();
  if (rows.length > certificateAccountsMax) {
    const detail = `There are more than ${certificateAccountsMax} accounts: ask for one after the other.`;
    throw new ProblemError("STATE_CONFLICT", detail);
  }
  return rows.map(({ account }) => account);
}

type AccountPart = Body & {
  account: string;
  /** HMAC-SHA256 of the particulars' canonical JSON under the salt is the commitment on chain. */
  opening: { commitment: string; salt: string; particulars: Particulars };
};

async function accountPart(
  ctx: ApiContext,
  position: Reading,
  of: OfAccount,
  profile: ProfileName,
): Promise<AccountPart> {
  const { commitment, opened } = await openedPerson(ctx, position, of.account);
  const read = of.side === "HOLDER" ? holderBody : pledgeeBody;
  const { salt, particulars } = opened;
  const opening = { commitment, salt, particulars };
  return { account: of.account, opening, ...(await read(ctx, position, of, profile)) };
}

const saidOf = ({ account, opening, body }: AccountPart) => ({ account, opening, ...body });

interface Body {
  body: Readonly<Record<string, unknown>> & { marks?: readonly { trustProperty: boolean }[] };
  holdIds: string[];
}

/** Once units are marked as trust property, the certificate is the other trust's trustee's and says so. */
const ofTrustProperty: Readonly<Record<ProfileName, string>> = {
  TRUST_BENEFICIAL: "TA 206(3)",
  BOND: "CA 695-2(3)",
};

function articleOf(profile: ProfileName, side: CertificateSide, parts: readonly Body[]): string {
  const article = articles[profile][side];
  const isMarked = parts.some(({ body: { marks = [] } }) => marks.some(({ trustProperty }) => trustProperty));
  return isMarked ? `${article}, ${ofTrustProperty[profile]}` : article;
}

async function holderBody(
  ctx: ApiContext,
  position: Reading,
  { account, personId }: OfAccount,
  profile: ProfileName,
): Promise<Body> {
  const { rows } = await registerPage(ctx.pool, position, { personId, limit: 1_000 });
  const row = rows.find((each) => each.account === account);
  if (row === undefined) throw notFound();
  const holds = await holdsOf(ctx.pool, position, { side: "account", accounts: [account] });
  const entries = await entriesOf(ctx, position, personId, (line) => isOwn(line, account));
  const tree = await ctx.treeOf(position);
  const proof = await tree.prove(account);
  const marks = await marksAt(ctx.pool, position, [account]);
  return {
    body: {
      marks: marks.map((mark) => markLine(mark, profile)),
      holding: registerRowWire(row),
      holds: holds.map(ownHold),
      entries: entries.map((line) => ownEntry(line, account, profile)),
      ...(proof !== undefined && { merkle: { root: tree.root, path: proof.path } }),
      anchored: proof === undefined ? null : await anchoredOf(ctx, position, tree.root),
    },
    holdIds: holds.map(({ id }) => id),
  };
}

/** Where the chain itself holds the root, for a state in which a day or a record date closed; else null. */
async function anchoredOf({ pool }: ApiContext, { issueId, seq }: Position, root: string) {
  const found = await anchoredRootAt(pool, { issueId, seq, root });
  return found === undefined ? null : anchoredRootWire(found);
}

/** Pledgee and pledged units (Trust Act 201(1), Companies Act 694(1)): what the pledgor has besides is not his. */
async function pledgeeBody(
  ctx: ApiContext,
  position: Position,
  { account }: OfAccount,
  profile: ProfileName,
): Promise<Body> {
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
      entries: entries.map((line) => ownEntry(line, account, profile)),
    },
    holdIds,
  };
}

async function openedPerson(ctx: ApiContext, position: Position, account: string) {
  const person = (await particularsAt(ctx.pool, ctx.vaultKeys, position.block, [account])).get(account);
  if (person === undefined) throw notFound();
  const { opened } = person;
  if (opened === null) throw new ProblemError("STATE_CONFLICT", "The person's data was erased.");
  return { ...person, opened } satisfies ParticularsAt;
}

/** The lines of a person up to a position that `keep` takes. */
async function entriesOf(
  ctx: ApiContext,
  position: Position,
  personId: string,
  keep: (line: EntryLine) => boolean,
): Promise<EntryLine[]> {
  const kept: EntryLine[] = [];
  for (let after: number | null = 0; after !== null; ) {
    const page = await entriesPage(ctx.pool, position, { personId, after, limit: 1_000 });
    kept.push(...page.lines.filter(keep));
    if (kept.length > certificateEntriesMax) throw tooMany();
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
function ownEntry(line: EntryLine, account: string, profile: ProfileName) {
  const { from, to, fromPerson, toPerson, operationId, maker, checker, ...rest } = entryWire(profile)(line);
  return { ...rest, side: line.from === account ? "FROM" : "TO" };
}

/** A hold with the account that it is in favour of, and no person: a pledgee has a certificate of its own. */
function ownHold(hold: HoldAt) {
  const { personId, targetPersonId, caseId, ...rest } = holdWire(new Map())(hold);
  return rest;
}
