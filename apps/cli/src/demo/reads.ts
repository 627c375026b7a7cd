import type { WireAnswer } from "@genbo/api-schema/wire";
import { type EntryKind, entryKinds } from "@genbo/domain/entry-kinds";
import { basisCode, type LegalBasisName } from "@genbo/domain/legal-basis";
import { zeroAddress, zeroWord } from "@genbo/domain/words";
import { headAfterEntry } from "@genbo/register/head";
import type { Client } from "../client.ts";
import type { Accounts } from "./accounts.ts";

export type EntryRow = WireAnswer<"listEntries">["items"][number];
export type RegisterRow = WireAnswer<"readRegister">["items"][number];

export interface RegisterRead {
  rows: RegisterRow[];
  asOf: WireAnswer<"readRegister">["asOf"];
  totals: WireAnswer<"readRegister">["totals"];
}

const pageRows = "100"; // small enough that the demo turns pages

/** Every page of a list, by its `next` cursor. */
async function allPages<P extends { next: string | null }>(
  read: (cursor: { cursor?: string }) => Promise<P>,
): Promise<P[]> {
  const pages: P[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page: P = await read(cursor === undefined ? {} : { cursor });
    pages.push(page);
    cursor = page.next;
  }
  return pages;
}

/** Every entry of an issue, in order. */
export async function allEntries(client: Client, issueId: string): Promise<EntryRow[]> {
  const pages = await allPages(
    async (cursor) =>
      (await client.call("listEntries", { params: { id: issueId }, query: { limit: pageRows, ...cursor } }))
        .body,
  );
  return pages.flatMap(({ items }) => items);
}

/** The whole register as of an instant or a day, or now. */
export async function readRegister(client: Client, issueId: string, asOf?: string): Promise<RegisterRead> {
  const when = asOf === undefined ? {} : { asOf };
  const pages = await allPages(async (cursor) => {
    const query = { limit: pageRows, ...when, ...cursor };
    return (await client.call("readRegister", { params: { id: issueId }, query })).body;
  });
  const { asOf: at, totals } = pages[0]!;
  return { rows: pages.flatMap(({ items }) => items), asOf: at, totals };
}

/** The list of a record date, whole. */
export async function readRecordDateList(
  client: Client,
  id: string,
): Promise<WireAnswer<"readRecordDateList">> {
  const pages = await allPages(
    async (cursor) =>
      (await client.call("readRecordDateList", { params: { id }, query: { limit: pageRows, ...cursor } }))
        .body,
  );
  return { ...pages[0]!, items: pages.flatMap(({ items }) => items) };
}

/** The head of the chain of entries, computed from what the register says alone. */
export const headOf = (entries: readonly EntryRow[]): string =>
  entries.reduce(
    (head, entry) =>
      headAfterEntry(head, {
        seq: entry.seq,
        kind: entryKinds[entry.kind as EntryKind],
        basis: basisCode(entry.basis as LegalBasisName),
        units: BigInt(entry.units),
        from: entry.from ?? zeroAddress,
        to: entry.to ?? zeroAddress,
        ref: entry.ref,
        data: entry.data,
      }),
    zeroWord,
  );

export interface Holding {
  personId: string;
  units: number;
}

export type Allotted = readonly { id: string; units: number }[];

/** What the fixture's customers should hold. */
export const holdingsOf = (of: Allotted, accounts: Accounts): Holding[] =>
  sorted(of.map(({ id, units }) => ({ personId: accounts.get(id)!.personId, units })));

type Held = Pick<RegisterRow, "personId" | "units">;

export const sumOf = (rows: readonly Held[]) => rows.reduce((sum, { units }) => sum + BigInt(units), 0n);

/** Holdings of persons: a person's accounts together, in the order of their ids. */
export function byPerson(rows: readonly Held[]): Holding[] {
  const units = new Map<string, number>();
  for (const row of rows) units.set(row.personId, (units.get(row.personId) ?? 0) + Number(row.units));
  return sorted([...units].map(([personId, held]) => ({ personId, units: held })));
}

const sorted = (holdings: Holding[]) => holdings.sort((a, b) => (a.personId < b.personId ? -1 : 1));
