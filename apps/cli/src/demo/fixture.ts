import { readFileSync } from "node:fs";

const fileOf = (name: string) => new URL(`../../../../test/fixtures/${name}.json`, import.meta.url);

export type TaxCategory = "RESIDENT_INDIVIDUAL" | "DOMESTIC_CORPORATION" | "NON_RESIDENT_INDIVIDUAL";
export type BrokerCode = "SBI" | "NOMURA";

/** One line of the allotment: how many units whose customer got. */
export interface Allotment {
  id: string;
  broker: BrokerCode;
  units: number;
  tax: TaxCategory;
}

/** What each holder of a record date is paid, in yen. */
interface Distribution {
  record_date: string;
  payment: string;
  per_unit: number;
  rows: { id: string; units: number; gross: number; national: number; local: number; net: number }[];
}

/** The public terms of the 2021 issue and what happened to it; dates are JST days (`YYYY-MM-DD`), money is yen. */
export interface Scenario {
  units: number;
  unit_price: number;
  issue_total: number;
  min_units: number;
  lot: number;
  dates: { filing: string; payment: string };
  holder_count_at_issue: number;
  holders_at_issue: Allotment[];
  otc_trade: { trade: string; settle: string; seller: string; buyer: string; units: number };
  pledge: { date: string; pledgor: string; units: number; pledgee: string };
  attachment: { served_on_trustee: string; debtor: string; units: number; third_party_statement_due: string };
  distribution_1: Distribution;
  inheritance: { entry_date: string; deceased: string; heirs: Record<string, number> };
  distribution_2: Distribution;
  as_of_checks: { as_of: string; holder: string; units: number }[];
}

/** A straight bond on the public terms of 2021. */
export interface BondScenario {
  units: number;
  face: number;
  total: number;
  issue: string;
  coupons: [string, string];
  maturity: string;
  holders: { id: string; units: number; tax: TaxCategory }[];
}

function read<S>(name: string): S {
  return (JSON.parse(readFileSync(fileOf(name), "utf8")) as { scenario: S }).scenario;
}

/** Reads the project's own copy of the issue's figures: every amount of the demo comes from here. */
export const readScenario = () => read<Scenario>("kenedix-2021");
export const readBond = () => read<BondScenario>("st-bond-2021");
