import type { LegalBasisName } from "../legal-basis.ts";
import type { RefusalCode } from "../refusals.ts";
import type { Represented } from "../representation.ts";
import type { CaseDocument, DocumentKind } from "./kinds.ts";
import type { Situation } from "./situation.ts";

/** A call that an approved case becomes, as the outbox takes it. Bigints as decimal strings. */
export interface PlannedCall {
  signer: string;
  call: string;
  /** False: the one contract that the call belongs to. */
  onToken: boolean;
  ref: string;
  args: Readonly<Record<string, unknown>>;
}

export interface Plan {
  calls: PlannedCall[];
  /** What the case comes to, where that is not all that was asked: shown with it. */
  result?: Readonly<Record<string, unknown>>;
  /** Flags of a person that are raised and taken down, in the record of every account; before the calls. */
  flags?: { personId: string; raise?: number; lower?: number };
  /** What a person's particulars shall be: a new version in the vault, whose commitment its accounts' records take. */
  particulars?: {
    personId: string;
    effectiveOn: string;
    value: Represented;
    /** The version that it corrects, from the same day on. */
    corrects?: number;
  };
}

export interface Deadline {
  name: "THIRD_PARTY_STATEMENT" | "LOCKUP_END" | "REPRESENTATION_END";
  /** The article that sets it. */
  article: string;
  /** JST day; null as long as the holidays of its year are not announced. */
  due: string | null;
  /** Where `due` is null: the earliest that it can be. */
  notBefore?: string;
}

/** A case as its rules see it. */
export interface CaseOf<Facts> {
  id: string;
  ref: string;
  facts: Facts;
}

/** What the law and the register ask of one kind of case. Pure. */
export interface CaseRules<Facts> {
  basis: LegalBasisName;
  /** Every account that it concerns, the one it acts on first; of a release, none: its hold says it. */
  accounts(facts: Facts): string[];
  /** The hold that it ends or executes. */
  hold?(facts: Facts): string;
  /** The number of the entry that it corrects. */
  corrects?(facts: Facts): number;
  /** The past day from whose beginning its moves have effect; null: from their entry. */
  effectiveOn?(facts: Facts): string | null;
  /** It rewrites records of its first account's person. */
  rewrites?: true;
  /** Of facts with names and addresses: those that may stand in clear. The whole is sealed under the person's key. */
  personal?(facts: Facts): Readonly<Record<string, unknown>>;
  /** Of each group one document at least. */
  documents(facts: Facts): readonly (readonly DocumentKind[])[];
  /** Accounts whose persons are each to be named by a document of every group. */
  proven?(facts: Facts): string[];
  /** Every rule that stands against it. */
  faults(facts: Facts, situation: Situation): RefusalCode[];
  deadlines?(facts: Facts): Deadline[];
  /** What it becomes; only for a case without faults. */
  plan(of: CaseOf<Facts>, situation: Situation): Plan;
}

/** Of those who need documents of their own or of all, the ones whom a group's documents leave out; by place. */
export const unproven = (
  accounts: readonly string[],
  groups: readonly (readonly DocumentKind[])[],
  documents: readonly CaseDocument[],
): number[] =>
  accounts.flatMap((account, place) => {
    const about = documents.filter((document) => (document.account ?? account) === account);
    return lacksDocument(groups, about) ? [place] : [];
  });

/** Whether a group of required documents lacks every member. */
export const lacksDocument = (
  groups: readonly (readonly DocumentKind[])[],
  documents: readonly CaseDocument[],
): boolean => groups.some((group) => !documents.some(({ kind }) => group.includes(kind)));
