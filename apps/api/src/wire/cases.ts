import type { legalCase } from "@genbo/api-schema/cases";
import type { holdPage } from "@genbo/api-schema/holds";
import type { CaseRow } from "@genbo/database/legal/cases";
import type { HoldAt } from "@genbo/database/register/read-holds";
import { holdKindOf } from "@genbo/domain/entry-kinds";
import { basisArticleOf, legalBasisOf } from "@genbo/domain/legal-basis";
import type { ProfileName } from "@genbo/domain/profiles";
import { zeroAddress } from "@genbo/domain/words";
import type { z } from "zod";

type CaseWire = z.input<typeof legalCase>;
type HoldWire = z.input<typeof holdPage>["items"][number];

export const caseWire =
  (profile: ProfileName) =>
  (row: CaseRow): CaseWire => {
    const { basis: code, partyId, brokerIds: _, sealed: __, createdAt, decidedAt, ...fields } = row;
    return {
      ...(fields as unknown as CaseWire),
      basis: legalBasisOf(code)?.name ?? String(code),
      basisArticle: basisArticleOf(code, profile),
      filedBy: partyId,
      // What the chain refused came to nothing.
      ...(row.state === "open" && { result: {} }),
      createdAt: createdAt.toISOString(),
      decidedAt: decidedAt?.toISOString() ?? null,
    };
  };

export const holdWire =
  (caseIds: ReadonlyMap<string, string>) =>
  (hold: HoldAt): HoldWire => ({
    id: hold.id,
    kind: holdKindOf(hold.kind)!,
    account: hold.account,
    personId: hold.personId,
    target: hold.target,
    targetPersonId: hold.targetPersonId,
    controller: hold.controller === zeroAddress ? null : hold.controller,
    units: String(hold.units),
    waiting: String(hold.claimed - hold.units),
    behind: hold.behind,
    partOf: hold.partOf,
    rank: hold.rank,
    claim: hold.claim,
    expiresAt: hold.expiryMinutes === 0 ? null : new Date(hold.expiryMinutes * 60_000).toISOString(),
    accepted: hold.accepted,
    caseId: caseIds.get(hold.partOf ?? hold.id) ?? null,
    fromSeq: hold.fromSeq,
  });
