import { type Role, scopesOf } from "@genbo/domain/permissions";
import { createTestApi, start, type TestApi } from "./api.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { customer, issueDraft } from "./samples.ts";

/** A party with the secret of its key. */
interface Actor {
  partyId: string;
  secret: string;
}

export interface World extends TestApi {
  ledger: Ledger;
  issuer: Actor;
  trustee: Actor;
  /** The seller's broker, and another one. */
  broker: Actor;
  other: Actor;
  agent: Actor;
  compliance: Actor;
  auditor: Actor;
  /** Bound to a customer of `broker`. */
  investor: Actor & Holder;
  secretOf(role: Role): string;
  /** Admits one more party with a key. */
  admit(kind: Role, subject?: string, investorId?: string): Promise<Actor>;
  /** A new key of a party. */
  keyFor(partyId: string, subject: string, scopes?: readonly string[]): Promise<string>;
  /** Registers a customer of a broker with an account in the register. */
  open(of: Actor, externalId: string, more?: Partial<ReturnType<typeof customer>>): Promise<Holder>;
  /** An issue that takes entries. */
  activeIssue(more?: Parameters<typeof issueDraft>[1]): Promise<string>;
}

export interface Holder {
  investorId: string;
  personId: string;
  account: string;
}

/** Every role with a key, made through the API itself. */
export async function createWorld(overrides: Parameters<typeof createTestApi>[0] = {}): Promise<World> {
  const api = await createTestApi(overrides);
  const { ask, operator, owner } = api;
  const ledger = createLedger(api.db.pool("genbo_indexer"), start);
  await ledger.block();

  const first = new Map<string, string>();
  // The operator makes a party's first key; the others it makes itself, and the operator confirms who holds them.
  const keyFor: World["keyFor"] = async (partyId, subject, scopes) => {
    const body = { subject, ...(scopes && { scopes }) };
    const maker = first.get(partyId);
    const { body: key } = await ask(maker ?? operator, "createKey", { params: { id: partyId }, body });
    if (maker === undefined) first.set(partyId, key.secret!);
    // A key of operators works once another operator has confirmed it.
    const confirmer = key.waits ? api.secondOperator : maker === undefined ? null : operator;
    if (confirmer !== null) await ask(confirmer, "confirmKey", { params: { id: key.id }, body: {} });
    return key.secret!;
  };
  const admit: World["admit"] = async (kind, subject = `staff:${kind}`, investorId) => {
    const party = { kind, name: `見本 ${kind}`, ...(investorId !== undefined && { investorId }) };
    const { body } = await ask(operator, "createParty", { body: party });
    return { partyId: body.id, secret: await keyFor(body.id, subject, scopesOf(kind)) };
  };
  const issuer = await admit("issuer");
  const trustee = await admit("trustee");
  const broker = await admit("broker", "staff:broker-a");
  const other = await admit("broker", "staff:broker-b");
  const agent = await admit("settlement-agent");
  const compliance = await admit("compliance");
  const auditor = await admit("auditor");

  const open: World["open"] = async (of, externalId, more) => {
    const { body: investor } = await ask(of.secret, "registerInvestor", { body: customer(externalId, more) });
    const { body: wallet } = await ask(of.secret, "registerWallet", { body: { investorId: investor.id } });
    const asked = await owner.query<{ args: { wallet: string; record: string; particulars: string } }>(
      "select args from command where operation_id = $1",
      [wallet.operationId],
    );
    await ledger.record(asked.rows.map(({ args }) => args));
    return { investorId: investor.id, personId: investor.personId, account: wallet.address };
  };
  const venue = await admit("venue");
  const person = await open(broker, "customer-who-reads");
  const investor = {
    ...person,
    ...(await admit("investor", "person:customer-who-reads", person.investorId)),
  };

  let tokens = 0;
  const activeIssue: World["activeIssue"] = async (more) => {
    const { body } = await ask(issuer.secret, "draftIssue", { body: issueDraft(trustee.partyId, more) });
    await ask(trustee.secret, "approveIssue", { params: { id: body.id }, body: {} });
    const found = await owner.query("select id, ref, policy, terms_hash from issue where id = $1", [body.id]);
    const { id, ref, policy, terms_hash: termsHash } = found.rows[0];
    tokens += 1;
    await ledger.activate({ id, ref, policy, termsHash }, `0x${tokens.toString(16).padStart(40, "0")}`);
    return body.id;
  };
  const secrets: Record<Role, string> = {
    issuer: issuer.secret,
    trustee: trustee.secret,
    broker: broker.secret,
    "settlement-agent": agent.secret,
    compliance: compliance.secret,
    auditor: auditor.secret,
    venue: venue.secret,
    investor: investor.secret,
    operator,
  };
  return {
    ...api,
    ledger,
    issuer,
    trustee,
    broker,
    other,
    agent,
    compliance,
    auditor,
    investor,
    secretOf: (role) => secrets[role],
    admit,
    keyFor,
    open,
    activeIssue,
  };
}
