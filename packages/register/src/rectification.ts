import { entryKinds } from "@genbo/domain/entry-kinds";
import { type Day, jstDayOfSeconds, startOfDay } from "@genbo/domain/jst";
import { basisCode } from "@genbo/domain/legal-basis";
import { decodeMove } from "@genbo/domain/words";
import type { ChainEntry } from "./state.ts";

/** What an entry says of a time before it was entered. Both null: nothing. */
export interface SaidOfThePast {
  /** The earlier entry that it rectifies: it has effect from there. */
  corrects: number | null;
  /** The past JST day from whose beginning an order of a court has effect. */
  effectiveOn: Day | null;
}

/** An entry that says something of the past, as far as its own word goes. */
export interface Correction extends SaidOfThePast {
  entry: ChainEntry;
  /** The units of the entry that it rectifies. */
  correctedUnits: bigint | null;
}

/** A correction that has effect on a past state. */
export interface Reaching extends Correction {
  /** Of what corrects a correction, the first one; else itself. */
  origin: Correction;
}

/** A moment of legal time: the state just after entry `seq`, at `time`. */
export interface LegalMoment {
  seq: number;
  time: Date;
}

const rectifying: ReadonlySet<number> = new Set([entryKinds.FORCED_TRANSFER, entryKinds.MARK]);
const rectification = basisCode("RECTIFICATION");
/** An attachment has effect when it is entered, a succession and an auction are good against others with their entry. */
const backDated: ReadonlySet<number> = new Set([basisCode("JUDGMENT"), basisCode("EQUIVALENT_INSTRUMENT")]);

/** Read from the entry's own word, so that a rebuild says the same. */
export function saidOfThePast({ kind, basis, data, seq, blockTime }: ChainEntry): SaidOfThePast {
  if (!rectifying.has(kind)) return { corrects: null, effectiveOn: null };
  const { corrects, acquiredOn } = decodeMove(data);
  // A number that is not an earlier entry's names nothing.
  if (basis === rectification)
    return { corrects: corrects > 0 && corrects < seq ? corrects : null, effectiveOn: null };
  const isPast = acquiredOn > 0 && acquiredOn < jstDayOfSeconds(blockTime);
  const reaches = kind === entryKinds.FORCED_TRANSFER && backDated.has(basis) && isPast;
  return { corrects: null, effectiveOn: reaches ? acquiredOn : null };
}

/**
 * Those entered after a moment that say something of it, in order. What corrects a correction has effect from where that
 * one has.
 * @param known every correction of the issue that is known, in order
 */
export function correctionsOf(moment: LegalMoment, known: readonly Correction[]): Reaching[] {
  const bySeq = new Map(known.map((each) => [each.entry.seq, each]));
  const originOf = (each: Correction): Correction => {
    const corrected = each.corrects === null ? undefined : bySeq.get(each.corrects);
    return corrected === undefined ? each : originOf(corrected);
  };
  const reaches = ({ corrects, effectiveOn }: Correction): boolean =>
    effectiveOn === null
      ? corrects !== null && corrects <= moment.seq
      : startOfDay(effectiveOn) <= moment.time;
  return known
    .filter(({ entry }) => entry.seq > moment.seq)
    .map((each) => ({ ...each, origin: originOf(each) }))
    .filter(({ origin }) => reaches(origin));
}
