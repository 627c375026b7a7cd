import { entryKinds, holdKinds } from "@genbo/domain/entry-kinds";
import type { Day } from "@genbo/domain/jst";
import type { RegistryRecord } from "@genbo/domain/registry-record";
import { servedUnits } from "../legal/served-units.ts";
import { isQuarantined } from "../register/breaks.ts";
import { type LotsJson, lotsFromJson } from "../register/lots-json.ts";
import { heldBy } from "../register/standing.ts";
import type { Queryable } from "../sql/connection.ts";
import { gatherer } from "../sql/gather.ts";
import { restingRights } from "../vault/vault.ts";

/** Where one order of a request looks: which issue, which accounts. */
export interface Order {
  issueId: string;
  from: string;
  to: string;
}

export interface AccountFacts {
  record: RegistryRecord | null;
  /** The broker that keeps it; null when nobody of the platform does. */
  brokerId: string | null;
  /** Units of the issue of the person behind it, over all its accounts. */
  unitsOfPerson: bigint;
}

/** What the register says about an order: one row of one query, however many orders a request has. */
export interface OrderFacts {
  issue: {
    state: string;
    token: string | null;
    trusteeId: string;
    policy: string;
    holders: number;
    quarantined: boolean;
    /** The day of acquisition of its first units, its payment day; null before any were issued. */
    issuedOn: string | null;
  } | null;
  from: AccountFacts & {
    units: bigint;
    free: bigint;
    lots: ReadonlyMap<Day, bigint>;
    /** Co-owners who named nobody to exercise their rights. */
    rightsRest: boolean;
    /** What attachments claim that were served and are not entered yet. */
    served: bigint;
  };
  to: AccountFacts;
}

interface Row extends AccountRow<"f">, AccountRow<"t"> {
  state: string | null;
  token: string | null;
  trustee_id: string;
  policy: string;
  holders: number;
  quarantined: boolean;
  issued_on: string | null;
  units: bigint | null;
  encumbered: bigint | null;
  frozen: bigint;
  lots: LotsJson | null;
  f_broker: string | null;
  t_broker: string | null;
  f_units: bigint;
  t_units: bigint;
  rights_rest: boolean;
  served: bigint;
}
type AccountRow<Side extends string> = {
  [name in `${Side}_person`]: string | null;
} & {
  [name in `${Side}_${"bits" | "flags" | "valid_until" | "country" | "custodian"}`]: number;
};

/** Order by order, so that each is one probe whatever PostgreSQL believes of the tables' sizes and the orders' number. */
const row = (table: string, name: string, condition: string) =>
  `left join lateral (select * from ${table} where ${condition} limit 1) ${name} on true`;

const personUnits = (account: string) => `coalesce((
  select sum(p.units) from account own cross join lateral ${heldBy("r.issue_id", "own.address")} p where own.person_id = ${account}.person_id), 0)::bigint`;

/** Frozen units (ERC-7943) may exceed the holding, and encumber nothing. */
const frozenUnits = `coalesce((select sum(z.claimed) from hold z where z.issue_id = r.issue_id and z.account = r.f
  and z.to_seq is null and z.kind = ${holdKinds.FREEZE}), 0)::bigint`;

/** Among an issue's first lines: one probe. */
const issuedOn = `(select acquired_on from entry e where e.issue_id = n.issue_id and e.kind = ${entryKinds.ISSUE}
  order by e.seq limit 1)`;

/** What all orders of an issue share, once. */
const issueFacts = `select n.issue_id, i.state, i.token, i.trustee_id, coalesce(s.policy, i.policy) as policy,
    coalesce(s.holders, 0) as holders, ${issuedOn} as issued_on,
    ${isQuarantined("n.issue_id")} as quarantined
  from (select distinct issue_id from r) n
  ${row("issue", "i", "id = n.issue_id")}
  ${row("issue_state", "s", "issue_id = n.issue_id")}`;

const recordOf = (account: string, side: "f" | "t") => `${account}.person_id as ${side}_person,
    ${account}.class_bits as ${side}_bits, ${account}.flags as ${side}_flags, ${account}.country as ${side}_country,
    floor(extract(epoch from ${account}.valid_until))::float8 as ${side}_valid_until, ${account}.custodian_id as ${side}_custodian`;

const textOf = (
  orders: string,
) => `with r as materialized (select * from ${orders}), about as materialized (${issueFacts})
  select about.*, h.units, h.encumbered, ${frozenUnits} as frozen, h.lots, fb.id as f_broker, tb.id as t_broker,
    ${recordOf("fa", "f")}, ${recordOf("ta", "t")},
    ${personUnits("fa")} as f_units, ${personUnits("ta")} as t_units, ${restingRights("fa.person_id")} as rights_rest,
    ${servedUnits("r.issue_id", "r.f")} as served
  from r join about using (issue_id)
  ${row("account", "fa", "address = r.f")}
  ${row("account", "ta", "address = r.t")}
  ${row("party", "fb", "custodian_id = fa.custodian_id")}
  ${row("party", "tb", "custodian_id = ta.custodian_id")}
  left join lateral ${heldBy("r.issue_id", "r.f")} h on true
  order by r.n`;

const many = textOf("unnest($1::text[], $2::text[], $3::text[]) with ordinality as r (issue_id, f, t, n)");
const one = textOf("(select $1::text as issue_id, $2::text as f, $3::text as t, 1 as n) r");

/** The facts of each order, in their order. */
export async function orderFacts(db: Queryable, orders: readonly Order[]): Promise<OrderFacts[]> {
  const [first] = orders;
  const columns = (["issueId", "from", "to"] as const).map((field) => orders.map((order) => order[field]));
  const query =
    orders.length === 1 && first !== undefined
      ? { name: "order-fact", text: one, values: [first.issueId, first.from, first.to] }
      : { name: "order-facts", text: many, values: columns };
  const found = await db.query<Row>(query);
  return found.rows.map(factsOf);
}

/** Orders that are asked for together at most. */
const ordersMax = 64;

/** The facts of one order, asked for together with those of others that come at once. */
export const orderFactsGathered = (db: Queryable): ((order: Order) => Promise<OrderFacts>) =>
  gatherer<Order, OrderFacts>({ run: (orders) => orderFacts(db, orders), max: ordersMax });

function factsOf(row: Row): OrderFacts {
  const units = row.units ?? 0n;
  const free = units - (row.encumbered ?? 0n) - row.frozen;
  const { state, token, trustee_id: trusteeId, policy, holders, quarantined, issued_on: issuedOn } = row;
  return {
    issue: state === null ? null : { state, token, trusteeId, policy, holders, quarantined, issuedOn },
    from: {
      brokerId: row.f_broker,
      unitsOfPerson: row.f_units,
      record: recordIn(row, "f"),
      units,
      free: free < 0n ? 0n : free,
      rightsRest: row.rights_rest,
      served: row.served,
      lots: new Map(lotsFromJson(row.lots ?? []).map((lot) => [lot.acquiredOn, lot.units])),
    },
    to: { brokerId: row.t_broker, unitsOfPerson: row.t_units, record: recordIn(row, "t") },
  };
}

function recordIn(row: Row, side: "f" | "t"): RegistryRecord | null {
  const personId = row[`${side}_person`];
  if (personId === null) return null;
  return {
    personId,
    classBits: row[`${side}_bits`],
    flags: row[`${side}_flags`],
    validUntil: row[`${side}_valid_until`],
    country: row[`${side}_country`],
    custodian: row[`${side}_custodian`],
  };
}
