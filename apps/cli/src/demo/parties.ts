import { scopesOf } from "@genbo/domain/permissions";
import { type Client, type ClientOptions, createClient } from "../client.ts";
import type { KeyStore } from "./keys.ts";
import type { Step } from "./steps.ts";

/** Each key of the demo: whose it is, and which member of staff acts with it. */
const staff = {
  issuer: { party: "issuer", subject: "staff:issuer-1" },
  trustee: { party: "trustee", subject: "staff:trustee-1" },
  trusteeSecond: { party: "trustee", subject: "staff:trustee-2" },
  // Who drafts for the issuer is also seconded to the trustee: four eyes must notice that this is one person.
  issuerAtTrustee: { party: "trustee", subject: "staff:issuer-1" },
  SBI: { party: "SBI", subject: "staff:sbi-customers-1" },
  SBIDesk: { party: "SBI", subject: "staff:sbi-own-account-1" },
  NOMURA: { party: "NOMURA", subject: "staff:nomura-customers-1" },
  bank: { party: "bank", subject: "staff:bank-payments-1" },
} as const;
export type Actor = keyof typeof staff;
type PartyName = (typeof staff)[Actor]["party"];

type Kind = "issuer" | "trustee" | "broker" | "settlement-agent";
const parties: Record<PartyName, { kind: Kind; name: string }> = {
  issuer: { kind: "issuer", name: "渋谷神南 委託者" },
  trustee: { kind: "trustee", name: "渋谷神南 受託者" },
  SBI: { kind: "broker", name: "SBI" },
  NOMURA: { kind: "broker", name: "野村" },
  bank: { kind: "settlement-agent", name: "見本決済銀行" },
};

export interface Parties {
  ids: Record<PartyName, string>;
  /** A client for each key, and the operator's, who has no part in any legal act. */
  as: Record<Actor | "operator", Client>;
  secrets: Record<Actor, string>;
}

const actors = Object.keys(staff) as Actor[];
const partyNames = Object.keys(parties) as PartyName[];

/** How to reach the platform, and the key of its operator. */
export type PartyOptions = Pick<ClientOptions, "url" | "patienceMs"> & { operatorSecret: string };

/** Admits the issuer, the trustee and the brokers, and makes the keys of their staff. Again: the same parties. */
export async function admitParties(
  step: Step,
  { operatorSecret, ...options }: PartyOptions,
  keys: KeyStore,
): Promise<Parties> {
  const operator = createClient({ ...options, secret: operatorSecret });
  const admit = async (name: PartyName): Promise<[PartyName, string]> => {
    const { body } = await operator.call("createParty", { body: parties[name], key: `demo:party:${name}` });
    if (body.operationId !== null) {
      const { state } = await operator.waitForOperation(body.operationId);
      if (state !== "entered") throw new Error(`The chain did not admit ${name}: its role is ${state}.`);
    }
    step.progress(`${name} has its signer and its role on chain`);
    return [name, body.id];
  };
  const ids = Object.fromEntries(await Promise.all(partyNames.map(admit))) as Record<PartyName, string>;
  const made: [Actor, string][] = [];
  const first = new Map<PartyName, string>();
  for (const actor of actors) {
    const { party } = staff[actor];
    const maker = first.get(party);
    const keeper = maker === undefined ? null : createClient({ ...options, secret: maker });
    const secret = await secretOf(actor, { operator, keeper }, ids, keys);
    if (maker === undefined) first.set(party, secret);
    made.push([actor, secret]);
  }
  const secrets = Object.fromEntries(made) as Record<Actor, string>;
  const clients = made.map(([actor, secret]) => [actor, createClient({ ...options, secret })] as const);
  const as = { ...(Object.fromEntries(clients) as Record<Actor, Client>), operator };
  return { ids, as, secrets };
}

/** Who makes a key: the operator a party's first one, its keeper the others, of which the operator confirms the holder. */
interface Makers {
  operator: Client;
  keeper: Client | null;
}

async function secretOf(
  actor: Actor,
  { operator, keeper }: Makers,
  ids: Parties["ids"],
  keys: KeyStore,
): Promise<string> {
  const kept = keys.get(actor);
  if (kept !== undefined) return kept;
  const { party, subject } = staff[actor];
  const body = { subject, ...(keeper === null && { scopes: scopesOf(parties[party].kind) }) };
  const make = async (key: string) =>
    (await (keeper ?? operator).call("createKey", { params: { id: ids[party] }, body, key })).body;
  let made = await make(`demo:key:${actor}`);
  if (made.secret === null) {
    // A repeat does not show the secret again: a run that was killed before it kept it ends that key and makes another.
    await operator.call("revokeKey", { params: { id: made.id }, key: crypto.randomUUID() });
    made = await make(`demo:key:${actor}:${crypto.randomUUID()}`);
  }
  if (made.secret === null) throw new Error(`No secret came with the new key of ${actor}.`);
  if (keeper !== null) await operator.call("confirmKey", { params: { id: made.id }, body: {} });
  keys.put(actor, made.secret);
  return made.secret;
}
