import { randomBytes } from "node:crypto";
import { urgencyOf } from "@genbo/chain/urgency";
import type { Pool } from "@genbo/database/sql/connection";
import { newId, newPersonId, refOf, refOfWallet } from "@genbo/domain/ids";
import { encodePolicy, type Policy } from "@genbo/domain/policy-word";
import { encodeRecord } from "@genbo/domain/registry-record";
import { encodeMove } from "@genbo/domain/words";
import type { StackInProcess } from "./stack-in-process.ts";

/** A command as the api would put it into the outbox. */
interface OutboxRow {
  signer: string;
  call: string;
  target?: string | null;
  /** The row's own ref by default. */
  ref?: string;
  args: Readonly<Record<string, unknown>>;
}

interface OperationResult {
  id: string;
  state: string;
  code: string | null;
  rows_entered: number;
  rows_refused: number;
  entered_at: Date | null;
}

interface MarketParty {
  id: string;
  signer: string;
}

export interface MarketIssue {
  id: string;
  ref: string;
  token: string;
}

interface SubmitOptions {
  issueId?: string;
  party?: MarketParty;
  maker?: string;
  checker?: string;
}

/** Parties with their roles on chain, and what they put into the outbox, written as the api's role without the api. */
export interface Market {
  trustee: MarketParty;
  issuer: MarketParty;
  brokers: [MarketParty & { custodian: number }, MarketParty & { custodian: number }];
  /** Puts an operation with its rows into the outbox. @returns its id */
  submit(kind: string, rows: readonly OutboxRow[], options?: SubmitOptions): Promise<string>;
  /** Waits until an operation has ended. */
  ended(operationId: string, timeoutMs?: number): Promise<OperationResult>;
  /** `submit` and `ended`. */
  run(kind: string, rows: readonly OutboxRow[], options?: SubmitOptions): Promise<OperationResult>;
  /** Registers so many new wallets with a broker. */
  wallets(broker: number, count: number): Promise<string[]>;
  /** Makes an issue and its token. */
  issue(policy?: Partial<Policy>, cap?: bigint, created?: Record<string, string>): Promise<MarketIssue>;
  /** The row of an issuance. */
  issueRow(issue: MarketIssue, to: string, units: bigint): OutboxRow;
  /** A transfer from the first broker's customer to the second's, known to the api only. @returns its ref */
  transfer(issue: MarketIssue, from: string, to: string, units: bigint): Promise<string>;
  /** A step of that transfer: request, accept, approve, reject or cancel. */
  transferStep(issue: MarketIssue, ref: string, call: string): OutboxRow;
  transferRow(issue: MarketIssue, broker: number, from: string, to: string, units: bigint): OutboxRow;
}

const data = encodeMove({ tradeDate: 18_840, acquiredOn: 18_840, settlementDate: 18_842 });
/** The validity of every test record: 2100. */
const validUntil = 4_102_444_800;

export async function openMarket(stack: StackInProcess): Promise<Market> {
  const api = stack.database.pool("genbo_api");
  const party = createPartyMaker(stack, api);
  const trustee = await party("trustee", {});
  const issuer = await party("issuer", { issuer_role: 1000 });
  const first = { ...(await party("broker", { custodian_id: 1 })), custodian: 1 };
  const second = { ...(await party("broker", { custodian_id: 2 })), custodian: 2 };
  const admin = { id: trustee.id, signer: (await stack.keystore.find("admin"))! };
  const brokers: Market["brokers"] = [first, second];

  const submit: Market["submit"] = async (kind, rows, options = {}) => {
    const { issueId = null, party: by = trustee, maker = "staff:maker", checker = null } = options;
    const now = stack.clock.now();
    const id = newId("op", now);
    await api.query(
      `with op as (
         insert into operation (id, ref, party_id, kind, state, issue_id, maker, checker, rows, request_id, accepted_at, updated_at)
         values ($1, $2, $3, $4, 'accepted', $5, $6, $7, $8, 'test', $9, $9) returning id
       )
       insert into command (operation_id, row, signer, call, target, ref, args, priority)
       select op.id, t.n - 1, t.signer, t.call, t.target, t.ref, t.args::jsonb, t.priority
       from op, unnest($10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::smallint[])
         with ordinality as t (signer, call, target, ref, args, priority, n) order by t.n`,
      [
        ...[id, refOf(id), by.id, kind, issueId, maker, checker, rows.length, now],
        rows.map((row) => row.signer),
        rows.map((row) => row.call),
        rows.map((row) => row.target ?? null),
        rows.map((row, index) => row.ref ?? refOf(id, index)),
        rows.map((row) => JSON.stringify(row.args)),
        rows.map((row) => urgencyOf(row.call, rows.length)),
      ],
    );
    await api.query("select pg_notify('command', '')");
    return id;
  };

  const ended: Market["ended"] = (id, timeoutMs) =>
    stack.until(
      `operation ${id} ends`,
      async () => {
        const found = await stack.owner.query<OperationResult>(
          `select id, state, code, rows_entered, rows_refused, entered_at from operation
           where id = $1 and state in ('entered', 'refused', 'failed')`,
          [id],
        );
        return found.rows[0];
      },
      timeoutMs,
    );

  const run: Market["run"] = async (kind, rows, options) => ended(await submit(kind, rows, options));

  const role = (number: number, account: string): OutboxRow => ({
    signer: admin.signer,
    call: "grantRole",
    args: { role: String(number), account },
  });
  const custodian = (broker: { signer: string; custodian: number }): OutboxRow => ({
    signer: admin.signer,
    call: "setCustodian",
    args: { signer: broker.signer, id: broker.custodian },
  });
  await run("party.create", [
    role(1, trustee.signer),
    role(3, trustee.signer),
    role(1000, issuer.signer),
    ...brokers.flatMap((broker) => [role(2, broker.signer), custodian(broker)]),
  ]);

  const wallets: Market["wallets"] = async (broker, count) => {
    const { signer, custodian: id } = brokers[broker]!;
    const addresses = Array.from({ length: count }, () => `0x${randomBytes(20).toString("hex")}`);
    const rows = addresses.map((wallet): OutboxRow => {
      const record = encodeRecord({
        personId: newPersonId(),
        classBits: 8,
        flags: 0,
        validUntil,
        country: 392,
        custodian: id,
      });
      const particulars = `0x${randomBytes(32).toString("hex")}`;
      return { signer, call: "setRecords", ref: refOfWallet(wallet), args: { wallet, record, particulars } };
    });
    await run("wallet.register", rows, { party: brokers[broker]! });
    return addresses;
  };

  const issue: Market["issue"] = async (policy = {}, cap = 1_000_000n, created = {}) => {
    const now = stack.clock.now();
    const id = newId("iss", now);
    const [ref, termsHash, word] = [refOf(id), refOf("terms"), encodePolicy(policy)];
    await api.query(
      `insert into issue (id, ref, issuer_id, trustee_id, profile, name, symbol, terms, terms_hash, certificateless,
         total_units, unit_price_yen, min_units, lot, policy, state, maker, created_at)
       values ($1, $2, $3, $4, 'TRUST_BENEFICIAL', 'Issue', 'ST', '{}', $5, true, $6, 1000000, 1, 1, $7, 'draft',
         'staff:maker', $8)`,
      [id, ref, issuer.id, trustee.id, termsHash, cap, word, now],
    );
    await api.query("update issue set state = 'approved', checker = 'staff:checker' where id = $1", [id]);
    const args = {
      name: "Issue",
      symbol: "ST",
      cap: cap.toString(),
      policy: word,
      termsHash,
      issuerRole: "1000",
      ...created,
    };
    await run("issue.approve", [{ signer: trustee.signer, call: "createIssue", ref, args }], { issueId: id });
    const found = await stack.owner.query<{ token: string }>("select token from issue where id = $1", [id]);
    return { id, ref, token: found.rows[0]!.token };
  };

  const transfers = new Map<string, Record<string, unknown>>();
  const transfer: Market["transfer"] = async (of, from, to, units) => {
    const now = stack.clock.now();
    const id = newId("trf", now);
    await api.query(
      `insert into transfer (id, ref, issue_id, from_account, to_account, units, trade_date, acquired_on,
         settlement_date, seller_broker, buyer_broker, state, maker, created_at)
       values ($1, $2, $3, $4, $5, $6, '2021-08-01', '2021-08-01', '2021-08-03', $7, $8, 'requested', 'staff:seller', $9)`,
      [id, refOf(id), of.id, from, to, units, first.id, second.id, now],
    );
    transfers.set(refOf(id), { from, to, units: units.toString(), expiryMinutes: 0, data });
    return refOf(id);
  };
  const transferStep: Market["transferStep"] = ({ token }, ref, call) => ({
    signer:
      { requestTransfers: first, cancelTransfers: first, acceptTransfers: second }[call]?.signer ??
      trustee.signer,
    call,
    target: token,
    ref,
    args: call === "requestTransfers" ? transfers.get(ref)! : {},
  });

  return {
    trustee,
    issuer,
    brokers,
    transfer,
    transferStep,
    submit,
    ended,
    run,
    wallets,
    issue,
    issueRow: ({ token }, to, units) => ({
      signer: issuer.signer,
      call: "issue",
      target: token,
      args: { to, units: units.toString(), data },
    }),
    transferRow: ({ token }, broker, from, to, units) => ({
      signer: brokers[broker]!.signer,
      call: "custodiedTransfer",
      target: token,
      args: { from, to, units: units.toString(), data },
    }),
  };
}

function createPartyMaker(stack: StackInProcess, api: Pool) {
  return async (
    kind: string,
    numbers: { custodian_id?: number; issuer_role?: number },
  ): Promise<MarketParty> => {
    const now = stack.clock.now();
    const id = newId("pty", now);
    const signer = await stack.keystore.createSigner(id);
    await api.query(
      "insert into party (id, kind, name, signer, custodian_id, issuer_role, created_at) values ($1, $2, $2, $3, $4, $5, $6)",
      [id, kind, signer, numbers.custodian_id ?? null, numbers.issuer_role ?? null, now],
    );
    await api.query("insert into lane (signer) values ($1)", [signer]);
    return { id, signer };
  };
}
