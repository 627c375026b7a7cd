import type { Allotment, BrokerCode, TaxCategory } from "./fixture.ts";
import { companyNames, familyNames, givenNames } from "./names.ts";
import { buildings, towns } from "./places.ts";
import { type Random, seededRandom } from "./random.ts";
import { romajiOf } from "./romaji.ts";

export interface DemoName {
  kanji: string;
  kana: string;
  romaji: string;
}

export interface DemoAddress {
  postalCode: string;
  prefecture: string;
  city: string;
  /** Town and number, and the building if any. */
  street: string;
  /** ISO 3166 alpha-2. */
  country: string;
}

/** A synthetic investor of a broker; nobody of this name at this address is known to exist. */
export interface DemoPerson {
  id: string;
  broker: BrokerCode;
  tax: TaxCategory;
  kind: "individual" | "corporation";
  name: DemoName;
  address: DemoAddress;
  /** Birth, or establishment of a corporation: `YYYY-MM-DD`. */
  bornOn: string;
  classes: ("RETAIL" | "PROFESSIONAL" | "CORPORATE")[];
}

const chomes = ["一", "二", "三", "四", "五"];
const oneInProfessional = 25; // about one individual in 25 is a 特定投資家

/** The investors of an allotment, each with the same particulars for the same seed. */
export function makePeople(
  allotments: readonly Pick<Allotment, "id" | "broker" | "tax">[],
  seed: string,
): DemoPerson[] {
  const taken = new Set<string>();
  return allotments.map((allotment) => {
    // Each person has a generator of its own, so that adding one changes nobody else.
    const random = seededRandom(`${seed}:${allotment.id}`);
    let person = makePerson(allotment, random);
    while (taken.has(person.name.kanji)) person = makePerson(allotment, random);
    taken.add(person.name.kanji);
    return person;
  });
}

function makePerson(of: Pick<Allotment, "id" | "broker" | "tax">, random: Random): DemoPerson {
  const base = { id: of.id, broker: of.broker, tax: of.tax };
  if (of.tax === "DOMESTIC_CORPORATION") {
    return {
      ...base,
      kind: "corporation",
      name: companyName(random),
      address: homeAddress(random),
      bornOn: day(random, 1950, 60),
      classes: ["CORPORATE"],
    };
  }
  const abroad = of.tax === "NON_RESIDENT_INDIVIDUAL";
  return {
    ...base,
    kind: "individual",
    name: personName(random),
    address: abroad ? singaporeAddress(random) : homeAddress(random),
    bornOn: day(random, 1938, 60),
    classes: random.chance(oneInProfessional) ? ["PROFESSIONAL"] : ["RETAIL"],
  };
}

function personName(random: Random): DemoName {
  const family = random.pick(familyNames);
  const given = random.pick(givenNames);
  return {
    kanji: `${family.kanji} ${given.kanji}`,
    kana: `${family.kana} ${given.kana}`,
    romaji: `${romajiOf(family.kana)} ${romajiOf(given.kana)}`,
  };
}

function companyName(random: Random): DemoName {
  const name = random.pick(companyNames);
  const words = name.kana.split("・");
  return {
    kanji: `株式会社${name.kanji}`,
    kana: `カブシキガイシャ${words.join("")}`,
    romaji: `${words.map(romajiOf).join(" ")} K.K.`,
  };
}

function homeAddress(random: Random): DemoAddress {
  const { town, ...place } = random.pick(towns);
  const number = `${1 + random.int(9)}-${1 + random.int(20)}-${1 + random.int(30)}`;
  // Some banks write the chome in kanji.
  const street = random.chance(8)
    ? `${town}${random.pick(chomes)}丁目${1 + random.int(30)}番`
    : town + number;
  const room = random.chance(2)
    ? ` ${random.pick(buildings)}${101 + random.int(9) * 100 + random.int(8)}`
    : "";
  return { ...place, street: street + room, country: "JP" };
}

function singaporeAddress(random: Random): DemoAddress {
  return {
    postalCode: `${100_000 + random.int(700_000)}`,
    prefecture: "Singapore",
    city: "Singapore",
    street: `${1 + random.int(400)} Synthetic Avenue #${1 + random.int(30)}-${10 + random.int(80)}`,
    country: "SG",
  };
}

function day(random: Random, fromYear: number, years: number): string {
  const two = (number: number) => String(number).padStart(2, "0");
  return `${fromYear + random.int(years)}-${two(1 + random.int(12))}-${two(1 + random.int(28))}`;
}
