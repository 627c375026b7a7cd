import type { Customer } from "./customer.ts";
import type { BrokerCode, Scenario } from "./fixture.ts";
import { makePeople } from "./people.ts";

const seed = "kenedix-2021";
/** Identity checks of the demo hold until the end of this day in Japan. */
export const checkedUntil = "2026-07-31T15:00:00Z";

/** A customer of NOMURA whose identity check lapses before the sale of October 2021. */
export const lapsedCustomer = { id: "INV-LAPSED", broker: "NOMURA", tax: "RESIDENT_INDIVIDUAL" } as const;
/** Heirs bank elsewhere than the deceased did. */
const heir = { broker: "SBI", tax: "RESIDENT_INDIVIDUAL" } as const;
const lapsedUntil = "2021-09-30T15:00:00Z";

/** Every customer of the demo: holders at issue, their heirs, the broker's own account, a pledgee, one whose check lapses. */
export function customersOf(scenario: Scenario): Record<BrokerCode, Customer[]> {
  const heirs = Object.keys(scenario.inheritance.heirs).map((id) => ({ ...heir, id }));
  const allotted = makePeople([...scenario.holders_at_issue, lapsedCustomer, ...heirs], seed).map(
    (person): Customer => ({
      person,
      classes: person.classes,
      validUntil: person.id === lapsedCustomer.id ? lapsedUntil : checkedUntil,
    }),
  );
  const of = (broker: BrokerCode) => allotted.filter(({ person }) => person.broker === broker);
  const companies = [ownAccountOf(scenario.otc_trade.buyer), pledgeeOf(scenario.pledge.pledgee)];
  return { SBI: [...of("SBI"), ...companies], NOMURA: of("NOMURA") };
}

/** The broker itself, which buys for its own account. */
const ownAccountOf = (id: string): Customer => ({
  person: {
    id,
    broker: "SBI",
    tax: "DOMESTIC_CORPORATION",
    kind: "corporation",
    name: { kanji: "SBI 自己勘定", kana: "エスビーアイ ジコカンジョウ", romaji: "SBI own account" },
    address: {
      postalCode: "106-0032",
      prefecture: "東京都",
      city: "港区",
      street: "六本木(見本)",
      country: "JP",
    },
    bornOn: "1998-10-07",
    classes: ["CORPORATE"],
  },
  classes: ["CORPORATE", "BROKER"],
  validUntil: checkedUntil,
});

/** A bank that takes units in pledge; its name and address enter the register (200(2)). */
const pledgeeOf = (id: string): Customer => ({
  person: {
    id,
    broker: "SBI",
    tax: "DOMESTIC_CORPORATION",
    kind: "corporation",
    name: { kanji: "見本質権銀行", kana: "ミホンシチケンギンコウ", romaji: "Mihon Pledge Bank" },
    address: {
      postalCode: "100-0005",
      prefecture: "東京都",
      city: "千代田区",
      street: "丸の内(見本)2-2",
      country: "JP",
    },
    bornOn: "1990-04-02",
    classes: ["CORPORATE"],
  },
  classes: ["CORPORATE"],
  validUntil: checkedUntil,
});
