import type { CaseAccount, CaseHold, CaseMark, Situation } from "../../src/cases/situation.ts";
import { holdKinds } from "../../src/entry-kinds.ts";
import { decodePolicy, encodePolicy, type Policy } from "../../src/policy-word.ts";
import type { ProfileName } from "../../src/profiles.ts";

export const trustee = `0x${"a".repeat(40)}`;
export const broker = `0x${"b".repeat(40)}`;
const address = (n: number): string => `0x${n.toString(16).padStart(40, "0")}`;
export const ref = (n: number): string => `0x${n.toString(16).padStart(64, "0")}`;
export const [debtor, bank, heirE, heirF, spare, stranger] = [1, 2, 3, 4, 5, 99].map(address) as [
  string,
  string,
  string,
  string,
  string,
  string,
];

/** Accounts 1 to 5 of persons 1 to 4; account 5 is another one of the first person. */
const personOf = (n: number) => (n === 5 ? 1 : n);

/** A register in which the debtor has 10 units, of which `held` are under the given holds. */
export function situationOf(
  holds: Partial<CaseHold>[] = [],
  more: {
    flags?: number;
    /** In the record of the debtor's other account, where it has others. */
    spareFlags?: number;
    policy?: Partial<Policy>;
    now?: string;
    classBits?: number;
    marks?: CaseMark[];
    profile?: ProfileName;
    successionKeepsDates?: boolean;
    /** Units of accounts that have some without holds. */
    units?: Readonly<Record<string, bigint>>;
    /** What attachments claim of the debtor that are not entered yet. */
    served?: bigint;
    /** Accounts of the issuer or trustee. */
    own?: readonly string[];
  } = {},
): Situation {
  const full = holds.map(
    (hold, n): CaseHold => ({
      id: ref(n + 1),
      account: debtor,
      target: null,
      kind: holdKinds.REQUEST,
      controller: null,
      keeper: null,
      units: 0n,
      claimed: hold.units ?? 0n,
      behind: null,
      fromSeq: n + 3,
      form: null,
      ...hold,
    }),
  );
  const flagsOf = (n: number) => (personOf(n) === 1 ? (more.flags ?? 0) : 0);
  const encumbered = full.reduce((sum, { units }) => sum + units, 0n);
  const accounts = [1, 2, 3, 4, 5].map((n): [string, CaseAccount] => [
    address(n),
    {
      address: address(n),
      record: {
        personId: `0x${personOf(n).toString(16).padStart(24, "0")}`,
        classBits: more.own?.includes(address(n)) ? 16 : (more.classBits ?? 8),
        flags: n === 5 ? (more.spareFlags ?? flagsOf(n)) : flagsOf(n),
        validUntil: Date.parse("2030-01-01T00:00:00Z") / 1000,
        country: 392,
        custodian: 1,
      },
      flags: flagsOf(n),
      units: n === 1 ? 10n : (more.units?.[address(n)] ?? 0n),
      free: n === 1 ? 10n - encumbered : (more.units?.[address(n)] ?? 0n),
      served: n === 1 ? (more.served ?? 0n) : 0n,
      keeper: broker,
    },
  ]);
  return {
    now: new Date(more.now ?? "2022-03-10T10:00:00+09:00"),
    profile: more.profile ?? "TRUST_BENEFICIAL",
    policy: decodePolicy(encodePolicy(more.policy ?? {})),
    successionKeepsDates: more.successionKeepsDates ?? true,
    trustee,
    signers: new Set([trustee, broker]),
    accounts: new Map(accounts),
    holds: full,
    marks: more.marks ?? [],
  };
}
