import { describe, expect, it } from "vitest";
import type { CaseFacts } from "../../src/cases/cases.ts";
import type { CaseKind, DocumentKind } from "../../src/cases/kinds.ts";
import { holdKinds } from "../../src/entry-kinds.ts";
import { dayOf } from "../../src/jst.ts";
import { faultsOf } from "./judge.ts";
import { bank, debtor, heirE, ref, situationOf } from "./register.ts";

/** Its first units were acquired on 11 August 2021. */
const since = (of: ReturnType<typeof situationOf>) => ({ ...of, issuedOn: dayOf("2021-08-11") });
const attached = () => since(situationOf([{ kind: holdKinds.ATTACHMENT, units: 4n, form: "ATTACHMENT" }]));
const owned = () => since(situationOf([], { own: [heirE], units: { [bank]: 5n } }));
const dated = () => since(situationOf([], { successionKeepsDates: false }));
const held = { holdId: ref(1), buyer: bank, units: 4n };

interface Act<Kind extends CaseKind = CaseKind> {
  kind: Kind;
  documents: DocumentKind[];
  situation: () => ReturnType<typeof since>;
  facts: (day: string) => CaseFacts[Kind];
}
const act = <Kind extends CaseKind>(of: Act<Kind>) => of as unknown as Act;

const acts = [
  act({
    kind: "AUCTION",
    documents: ["AUCTION_RECORD"],
    situation: attached,
    facts: (soldOn) => ({ ...held, soldOn }),
  }),
  act({
    kind: "SALE_ORDER",
    documents: ["TRANSFER_ORDER", "FINALITY_CERTIFICATE"],
    situation: attached,
    facts: (acquiredOn) => ({ ...held, form: "TRANSFER_ORDER", finalOn: "2021-10-01", acquiredOn }),
  }),
  act({
    kind: "SUCCESSION",
    documents: ["FAMILY_REGISTER", "WILL"],
    situation: dated,
    facts: (diedOn) => ({ account: debtor, diedOn, heirs: [{ account: heirE, units: 10n }] }),
  }),
  act({
    kind: "CORPORATE_SUCCESSION",
    documents: ["COMPANY_REGISTER"],
    situation: dated,
    facts: (effectiveOn) => ({ from: debtor, to: bank, units: 10n, form: "MERGER", effectiveOn }),
  }),
  act({
    kind: "TRUSTEE_ACQUISITION",
    documents: ["ACQUISITION_AGREEMENT"],
    situation: owned,
    facts: (acquiredOn) => ({ from: bank, to: heirE, units: 2n, capacity: "PROPRIETARY", acquiredOn }),
  }),
];

describe("nobody acquires units on a day on which there were none [TA 186(iv)]", () => {
  it.each(acts)("by a case of the kind $kind", ({ kind, documents, situation, facts }) => {
    const faults = (day: string) => faultsOf(kind, facts(day), documents, situation());
    expect(faults("2021-08-11")).toEqual([]);
    expect(faults("2021-08-10")).toEqual(["BEFORE_ISSUE"]);
    expect(faults("1970-01-02")).toEqual(["BEFORE_ISSUE"]);
  });

  it("an heir who keeps the days of the deceased acquires on none of his own", () => {
    const facts = { account: debtor, diedOn: "2021-08-10", heirs: [{ account: heirE, units: 10n }] };
    const kept = since(situationOf());
    expect(faultsOf("SUCCESSION", facts, ["FAMILY_REGISTER", "WILL"], kept)).toEqual([]);
  });
});
