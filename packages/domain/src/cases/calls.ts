import { encodeMove, zeroAddress, zeroWord } from "../words.ts";
import type { PlannedCall } from "./rules.ts";
import type { CaseHold, Situation } from "./situation.ts";

export interface HoldTerms {
  account: string;
  to?: string;
  controller: string;
  units: bigint;
  kind: number;
  expiryMinutes?: number;
  /** A pledge on whose units it ranks after what stands there. */
  behind?: string | undefined;
}

/** A hold that the trustee records; the case's ref is its id. */
export const createHold = ({ trustee }: Situation, ref: string, terms: HoldTerms): PlannedCall => {
  const { account, to = zeroAddress, controller, units, kind, expiryMinutes = 0, behind = zeroWord } = terms;
  const row = {
    account,
    to,
    controller,
    units: String(units),
    kind,
    expiryMinutes,
    ref,
    data: encodeMove({}),
    behind,
  };
  return { signer: trustee, call: "createHolds", onToken: true, ref, args: { rows: [row] } };
};

/** Ends a hold; only its controller can. */
export const releaseHold = ({ id, controller }: CaseHold): PlannedCall => ({
  signer: controller!,
  call: "releaseHolds",
  onToken: true,
  ref: id,
  args: { holdIds: [id] },
});

/** Ends a hold by the law's order, whoever controls it. */
export const releaseByOrder = ({ trustee }: Situation, holdId: string, basis: number): PlannedCall => ({
  signer: trustee,
  call: "releaseByOrder",
  onToken: true,
  ref: holdId,
  args: { holdIds: [holdId], basis },
});

/** Enters another pledgee, with who controls the pledge for it; the present one's side signs. */
export const assignPledge = ({ id, controller }: CaseHold, pledgee: string, next: string): PlannedCall => ({
  signer: controller!,
  call: "assignPledge",
  onToken: true,
  ref: id,
  args: { holdId: id, pledgee, controller: next },
});

/** Hands a hold to another controller, or to the same one again: either way a line says that it was changed. */
export const changeController = ({ id, controller }: CaseHold, next: string): PlannedCall => ({
  signer: controller!,
  call: "changeController",
  onToken: true,
  ref: id,
  args: { holdId: id, controller: next },
});

export interface Marking {
  account: string;
  /** All that the mark covers from now on; 0 erases it. */
  units: bigint;
  basis: number;
  ref: string;
  data: string;
}

export const markUnits = ({ trustee }: Situation, { units, ...marking }: Marking): PlannedCall => ({
  signer: trustee,
  call: "mark",
  onToken: true,
  ref: marking.ref,
  args: { ...marking, units: String(units) },
});

export interface OrderedMove {
  from: string;
  to: string;
  units: bigint;
  basis: number;
  ref: string;
  data: string;
  breaks: readonly string[];
}

/** Moves by the law's order, all of them or none. */
export const enforce = ({ trustee }: Situation, moves: readonly OrderedMove[]): PlannedCall => ({
  signer: trustee,
  call: "enforceTransfers",
  onToken: true,
  ref: moves[0]!.ref,
  args: { rows: moves.map((move) => ({ ...move, units: String(move.units) })) },
});

/** Ends the requests that stand in an order's way: their units are no longer their holder's to give. */
export const rejectRequests = ({ trustee }: Situation, requests: readonly CaseHold[]): PlannedCall[] =>
  requests.map(({ id }) => ({ signer: trustee, call: "rejectTransfers", onToken: true, ref: id, args: {} }));
