import { pastFaults, type Since } from "@genbo/database/register/read-reach";
import type { Queryable } from "@genbo/database/sql/connection";
import { type CaseFacts, rulesOf } from "@genbo/domain/cases/cases";
import type { CaseKind } from "@genbo/domain/cases/kinds";
import type { PlannedCall } from "@genbo/domain/cases/rules";
import type { Situation } from "@genbo/domain/cases/situation";
import { entryKinds } from "@genbo/domain/entry-kinds";
import { dayOf } from "@genbo/domain/jst";
import type { RefusalCode } from "@genbo/domain/refusals";
import { zeroWord } from "@genbo/domain/words";
import type { ChainEntry } from "@genbo/register/state";

interface Row {
  from: string;
  to: string;
  units: string;
  basis: number;
  ref: string;
  data: string;
}

/** Of a case that has effect from an earlier time: what of its moves cannot be true of every state since then. */
export async function faultsOfPast(
  db: Queryable,
  { issueId, kind, facts }: { issueId: string; kind: CaseKind; facts: CaseFacts[CaseKind] },
  situation: Situation,
): Promise<RefusalCode[]> {
  const rules = rulesOf(kind);
  const [corrects, day] = [rules.corrects?.(facts), rules.effectiveOn?.(facts) ?? null];
  const since: Since | null =
    corrects !== undefined ? { seq: corrects } : day !== null ? { day: dayOf(day) } : null;
  if (since === null) return [];
  const { calls } = rules.plan({ id: "", ref: zeroWord, facts }, situation);
  const moves = calls.flatMap((call) => movesOf(call, situation.now));
  return moves.length === 0 ? [] : pastFaults(db, issueId, since, moves);
}

const movesOf = ({ call, args }: PlannedCall, now: Date): ChainEntry[] =>
  call !== "enforceTransfers"
    ? []
    : (args.rows as Row[]).map(({ from, to, units, basis, ref, data }) => ({
        // After all that has entered.
        seq: Number.MAX_SAFE_INTEGER,
        kind: entryKinds.FORCED_TRANSFER,
        basis,
        units: BigInt(units),
        from,
        to,
        ref,
        data,
        head: zeroWord,
        blockTime: Math.floor(now.getTime() / 1000),
      }));
