import { caseFacts } from "@genbo/api-schema/case-facts";
import { type CaseRow, openFacts, sealFacts } from "@genbo/database/legal/cases";
import { keeperOf } from "@genbo/database/legal/certificates";
import type { Queryable } from "@genbo/database/sql/connection";
import { subjectKey } from "@genbo/database/vault/vault";
import { type CaseFacts, rulesOf } from "@genbo/domain/cases/cases";
import type { CaseKind } from "@genbo/domain/cases/kinds";
import type { ApiContext } from "../context.ts";
import { dataErased, keyOfPerson } from "../parties/person-key.ts";

type Facts = CaseFacts[CaseKind];

/** Facts as a case keeps them: in clear, or sealed under their person's key with the rest in clear. */
export interface KeptFacts {
  facts: string;
  sealed: Buffer | null;
}

const toJson = (facts: unknown): string =>
  JSON.stringify(facts, (_, value) => (typeof value === "bigint" ? String(value) : value));

/** Facts as they were kept in clear. */
export const factsOf = (kind: CaseKind, json: unknown): Facts => caseFacts[kind].parse(json) as Facts;

/** @param personId whom they are about, for a kind whose facts are sealed. @throws ProblemError once it was erased */
export async function keepFacts(
  ctx: ApiContext,
  db: Queryable,
  of: { id: string; kind: CaseKind; facts: Facts },
  personId: string | undefined,
): Promise<KeptFacts> {
  const clear = rulesOf(of.kind).personal?.(of.facts);
  if (clear === undefined) return { facts: toJson(of.facts), sealed: null };
  if (personId === undefined) throw dataErased();
  const key = await keyOfPerson(ctx, db, personId);
  return { facts: toJson(clear), sealed: sealFacts(key, of.id, toJson(of.facts)) };
}

/** All facts of a case; null where they were sealed and their person's key was destroyed. */
export async function factsKept(
  ctx: ApiContext,
  db: Queryable,
  { id, kind, facts, sealed }: Pick<CaseRow, "id" | "kind" | "facts" | "sealed">,
): Promise<Facts | null> {
  if (sealed === null) return factsOf(kind, facts);
  const keeper = await keeperOf(db, (facts as { account: string }).account);
  const key = keeper === undefined ? null : await subjectKey(db, ctx.vaultKeys, keeper.personId);
  return key === null ? null : factsOf(kind, JSON.parse(openFacts(key, id, Buffer.from(sealed))));
}
