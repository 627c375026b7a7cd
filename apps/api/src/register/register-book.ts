import type { bookHolder, bookItem } from "@genbo/api-schema/register-book";
import { termsAt } from "@genbo/database/issues/issue-terms";
import type { IssueWithState } from "@genbo/database/issues/issues";
import { type HoldAt, holdsOf } from "@genbo/database/register/read-holds";
import { type MarkAt, marksAt } from "@genbo/database/register/read-marks";
import { namedUntil } from "@genbo/database/register/read-position";
import { enteredAtOf } from "@genbo/database/register/read-times";
import type { Overlay, RegisterRow } from "@genbo/database/register/row";
import { type ParticularsAt, particularsAt } from "@genbo/database/vault/at";
import { holdKinds } from "@genbo/domain/entry-kinds";
import { type Day, jstDay } from "@genbo/domain/jst";
import { basisArticleOf, basisCode } from "@genbo/domain/legal-basis";
import { type ProfileName, profiles } from "@genbo/domain/profiles";
import {
  isMinorOn,
  noticesOn,
  type Represented,
  representativesOn,
  rightsRest,
} from "@genbo/domain/representation";
import type { z } from "zod";
import type { ApiContext } from "../context.ts";
import { lotsWire } from "../wire/register.ts";
import { namedAccounts } from "./own-sides.ts";

export type BookHolder = z.input<typeof bookHolder>;
type BookItem = z.input<typeof bookItem>;

/** A state of an issue's register that is printed. */
export interface BookPlace {
  issueId: string;
  seq: number;
  block: number;
  time: Date;
  /** The instant that was asked for; that of the block by default. */
  legalTime?: Date;
  overlay?: Overlay | null;
}

export interface BookTerms {
  items: BookItem[];
  /** The entry that put them, and the hash that it has of them. */
  termsEntry: number | null;
  termsHash: string;
}

/** Every statutory item of an issue's profile with what stood for it at a state, as entry `knownSeq` knew it. */
export async function bookTerms(
  { pool }: Pick<ApiContext, "pool">,
  issue: IssueWithState,
  at: { seq: number; knownSeq: number },
): Promise<BookTerms> {
  const { entry, terms, termsHash } = await termsAt(pool, { issueId: issue.id, ...at });
  return { items: bookItems(issue, terms), termsEntry: entry, termsHash };
}

function bookItems(issue: IssueWithState, terms: Readonly<Record<string, unknown>>): BookItem[] {
  const { totalUnits, unitPriceYen } = issue;
  const figures = {
    totalYen: String(totalUnits * unitPriceYen),
    totalUnits: String(totalUnits),
    unitPriceYen: String(unitPriceYen),
  };
  const values = { terms: undefined, register: undefined, fixed: "不発行", issue: figures };
  return profiles[issue.profile].flatMap(({ number, key, article, ja, place }) => [
    {
      number,
      key,
      article,
      ja,
      place,
      value: place === "terms" ? (terms[key] ?? null) : (values[place] ?? null),
    },
    ...(key === "otherTerms" && terms.recordDates
      ? [{ ...recordDatesItem, number, value: terms.recordDates }]
      : []),
  ]);
}

/** One of the other terms of the trust, where the deed has it. */
const recordDatesItem = {
  key: "recordDates",
  article: "TAR 19(viii), TA 189(5)",
  ja: "基準日に関する別段の定め",
  place: "terms",
} as const;

/**
 * Holders as the register says them: who they are and who acts for them, what they have, and what rests on it.
 * @param custodianId of a broker, to which a pledgee that is another's customer is an account alone
 */
export async function bookHolders(
  { pool, vaultKeys }: ApiContext,
  profile: ProfileName,
  at: BookPlace,
  { rows, custodianId }: { rows: readonly RegisterRow[]; custodianId: number | null },
): Promise<BookHolder[]> {
  const accounts = rows.map(({ account }) => account);
  const holds = (await holdsOf(pool, at, { side: "account", accounts })).filter(({ kind }) =>
    encumbers.has(kind),
  );
  const marks = await marksAt(pool, at, accounts);
  const pledgees = holds.flatMap(({ target }) => (target === null ? [] : [target]));
  const named = await namedAccounts(pool, custodianId, [...accounts, ...pledgees]);
  const persons = await particularsAt(pool, vaultKeys, namedUntil(at), named);
  const times = await enteredAtOf(pool, at.issueId, [...new Set(holds.map(({ fromSeq }) => fromSeq))]);
  const day = jstDay(at.legalTime ?? at.time);
  return rows.map((row) => {
    const own = holds.filter(({ account }) => account === row.account).sort((a, b) => a.fromSeq - b.fromSeq);
    const lines = own.map((hold, place) => ({ hold, order: place + 1, enteredAt: times.get(hold.fromSeq)! }));
    return {
      account: row.account,
      personId: row.personId,
      ...personLine(persons.get(row.account), day),
      units: String(row.units),
      lots: lotsWire(row.lots),
      pledges: lines
        .filter(({ hold }) => hold.kind === holdKinds.PLEDGE)
        .map((line) => pledgeLine(line, persons, day)),
      attachments: lines.filter(({ hold }) => hold.kind === holdKinds.ATTACHMENT).map(attachmentLine),
      // A rectified holding may be smaller than what was marked on it.
      marks: marks
        .filter(({ account }) => account === row.account)
        .map((mark) => markLine(mark.units > row.units ? { ...mark, units: row.units } : mark, profile)),
    };
  });
}

const encumbers: ReadonlySet<number> = new Set([holdKinds.PLEDGE, holdKinds.ATTACHMENT]);

interface HoldLine {
  hold: HoldAt;
  order: number;
  enteredAt: Date;
}

/** Name, address, and who acts for a person on a day; all null once its data was erased. */
export function personLine(person: ParticularsAt | undefined, day: Day) {
  const said = (person?.opened?.particulars ?? null) as Represented | null;
  if (said === null)
    return {
      name: null,
      address: null,
      kind: null,
      notices: null,
      minor: false,
      representatives: [],
      coOwners: null,
      rightsRest: false,
    };
  return {
    name: said.name,
    address: said.address,
    kind: said.kind as BookHolder["kind"],
    notices: noticesOn(said, day),
    minor: isMinorOn(said, day),
    representatives: representativesOn(said, day).map(({ role, name, address, until = null }) => ({
      role,
      name,
      address,
      until,
    })),
    coOwners: (said.coOwners ?? null) as BookHolder["coOwners"],
    rightsRest: rightsRest(said),
  };
}

function pledgeLine(
  { hold, order, enteredAt }: HoldLine,
  persons: ReadonlyMap<string, ParticularsAt>,
  day: Day,
): BookHolder["pledges"][number] {
  const { name, address, notices } = personLine(
    hold.target === null ? undefined : persons.get(hold.target),
    day,
  );
  return {
    holdId: hold.id,
    order,
    account: hold.target,
    name,
    address,
    notices,
    units: String(hold.units),
    waiting: String(hold.claimed - hold.units),
    behind: hold.behind,
    partOf: hold.partOf,
    rank: hold.rank ?? 1,
    claim: hold.claim,
    enteredAt: enteredAt.toISOString(),
  };
}

const attachmentLine = ({ hold, order, enteredAt }: HoldLine): BookHolder["attachments"][number] => ({
  holdId: hold.id,
  order,
  units: String(hold.units),
  waiting: String(hold.claimed - hold.units),
  partOf: hold.partOf,
  enteredAt: enteredAt.toISOString(),
});

const trustProperty = basisCode("TRUST_PROPERTY_MARK");

export const markLine = (mark: MarkAt, profile: ProfileName): BookHolder["marks"][number] => ({
  basisArticle: basisArticleOf(mark.basis, profile),
  trustProperty: mark.basis === trustProperty,
  capacity: mark.capacity,
  trust: mark.trust,
  units: String(mark.units),
  enteredAt: mark.enteredAt.toISOString(),
});
