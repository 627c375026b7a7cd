import { randomBytes } from "node:crypto";
import { proofToSign, type WalletProof } from "@genbo/chain/wallet-proof";
import { isConstraint } from "@genbo/database/commands/commands";
import {
  customerForChange,
  type InvestorRow,
  investorForChange,
  investorOfPersonForChange,
} from "@genbo/database/parties/investors";
import type { Principal } from "@genbo/database/parties/keys";
import {
  decideWalletProofPart,
  findWalletProof,
  listWalletProofs,
  ownWalletInvestor,
  provePart,
  type WalletProofRow,
  walletProofPart,
} from "@genbo/database/parties/wallet-proofs";
import { walletConstraint, walletsByAddress, walletsPart } from "@genbo/database/parties/wallets";
import type { Queryable } from "@genbo/database/sql/connection";
import { latestCommitments } from "@genbo/database/vault/vault";
import { newId } from "@genbo/domain/ids";
import { otherPerson } from "../access/four-eyes.ts";
import { walletProofView } from "../access/views.ts";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command, type Outcome } from "../http/command.ts";
import { invalidField, notFound, ProblemError } from "../http/problem.ts";
import { pageOf, presentAsOf } from "../http/reads.ts";
import { recordCommand } from "../parties/records.ts";
import { refuseSignature } from "../parties/wallet-signature.ts";
import { deploymentOf } from "../process/deployment.ts";
import { proofWire } from "../wire/wallet-proofs.ts";

type Routes =
  | "askWalletProof"
  | "proveWallet"
  | "listWalletProofs"
  | "getWalletProof"
  | "approveWalletProof"
  | "refuseWalletProof"
  | "renewOwnWallet";
type Asking = CallOf<"askWalletProof">;
type Proving = CallOf<"proveWallet">;
type Approval = CallOf<"approveWalletProof">;
type Renewal = CallOf<"renewOwnWallet">;

/** A person has time to find his wallet, and nobody to collect signatures. */
const challengeLastsMs = 60 * 60_000;

export const walletProofHandlers = (ctx: ApiContext): Handlers<Routes> => ({
  askWalletProof: (call) => command(ctx, call, (db) => ask(db, call), { long: true }),
  proveWallet: (call) => command(ctx, call, (db) => prove(ctx, db, call)),
  listWalletProofs: async ({ principal, query }) => {
    const asOf = await presentAsOf(ctx);
    const rows = await listWalletProofs(ctx.prisma, walletProofView(principal), query);
    return { status: 200, body: { ...pageOf(rows, query.limit, proofWire, ({ id }) => id), asOf } };
  },
  getWalletProof: async ({ principal, params }) => {
    const asOf = await presentAsOf(ctx);
    return { status: 200, body: { ...proofWire(await proofFor(ctx, principal, params.id)), asOf } };
  },
  approveWalletProof: async (call) => {
    try {
      return await command(ctx, call, (db) => approve(ctx, db, call), { long: true });
    } catch (error) {
      if (!isConstraint(error, walletConstraint)) throw error;
      throw taken(call.params.id);
    }
  },
  refuseWalletProof: (call) =>
    command(ctx, call, async () => {
      const { id } = await decidable(ctx, call);
      const { principal, body, at } = call;
      const decision = { id, state: "refused" as const, checker: principal.subject, reason: body.reason, at };
      return {
        answer: { status: 200, body: { id, state: "refused" as const } },
        target: id,
        guard: decideWalletProofPart(decision),
      };
    }),
  renewOwnWallet: (call) => command(ctx, call, (db) => renew(db, call), { long: true }),
});

async function proofFor(ctx: ApiContext, principal: Principal, id: string): Promise<WalletProofRow> {
  const row = await findWalletProof(ctx.prisma, walletProofView(principal), id);
  if (row === null) throw notFound();
  return row;
}

const taken = (target: string) =>
  new ProblemError("STATE_CONFLICT", "The wallet was registered meanwhile.", { target });

/** Whose wallet it is to be: a broker names its customer, an investor is bound to one person. */
async function investorOf(db: Queryable, { principal, body }: Asking): Promise<InvestorRow> {
  const { investorId } = body;
  if (principal.role === "broker" && investorId === undefined)
    throw invalidField("/investorId", "is missing");
  const found =
    principal.role === "broker"
      ? await customerForChange(db, principal.partyId, investorId!)
      : await investorOfPersonForChange(db, principal.personId!);
  if (found === undefined || (investorId !== undefined && found.id !== investorId))
    throw notFound(investorId === undefined ? undefined : "/investorId");
  return found;
}

const unsigned = { state: "asked", checker: null, reason: null, provedAt: null, decidedAt: null } as const;

async function ask(db: Queryable, call: Asking): Promise<Outcome<Asking["route"]>> {
  const { principal, body, at } = call;
  const investor = await investorOf(db, call);
  const { address } = body;
  await refuseTaken(db, address, investor);
  if (investor.validUntil <= at) throw lapsed();
  const id = newId("wpf", at);
  const challenge = `0x${randomBytes(32).toString("hex")}`;
  // Whole seconds, as the wallet signs them.
  const deadline = new Date(Math.floor((at.getTime() + challengeLastsMs) / 1000) * 1000);
  const { partyId, subject: maker } = principal;
  const row = { id, investorId: investor.id, address, challenge, deadline, partyId, maker, at };
  const wire = proofWire({ ...row, ...unsigned, createdAt: at });
  return {
    answer: { status: 201, body: { ...wire, toSign: proofToSign(await deploymentOf(db), signedOf(row)) } },
    target: id,
    detail: { investorId: investor.id, address },
    writes: [walletProofPart(row)],
  };
}

/** One that is registered stays whose it is, and nobody learns whose. @throws ProblemError ALREADY_EXISTS */
async function refuseTaken(db: Queryable, address: string, { id }: InvestorRow): Promise<void> {
  const known = (await walletsByAddress(db, [address])).get(address);
  if (known !== undefined && (known.investorId !== id || known.state !== "refused"))
    throw new ProblemError("ALREADY_EXISTS", "The wallet is registered already.", { pointer: "/address" });
}

const lapsed = () => invalidField("/investorId", "is of an investor whose identity check has lapsed");

const signedOf = (row: Pick<WalletProofRow, "address" | "challenge" | "deadline">): WalletProof => ({
  wallet: row.address,
  challenge: row.challenge,
  deadline: row.deadline.getTime() / 1000,
});

async function prove(ctx: ApiContext, db: Queryable, call: Proving): Promise<Outcome<Proving["route"]>> {
  const { principal, params, body, at } = call;
  const row = await proofFor(ctx, principal, params.id);
  const { id } = row;
  if (row.state !== "asked")
    throw new ProblemError("STATE_CONFLICT", "The challenge was signed already, or refused.", { target: id });
  if (row.deadline <= at)
    throw new ProblemError("CHALLENGE_EXPIRED", `It ended at ${row.deadline.toISOString()}.`, { target: id });
  await refuseSignature(ctx, await deploymentOf(db), signedOf(row), body.signature);
  return {
    answer: { status: 200, body: { id, state: "proved" } },
    target: id,
    detail: { investorId: row.investorId, address: row.address },
    guard: provePart({ id, signature: body.signature, prover: principal.subject, at }),
  };
}

/** A proof that is not decided, by another person than those who asked and signed. */
async function decidable(
  ctx: ApiContext,
  { principal, params }: CallOf<"approveWalletProof" | "refuseWalletProof">,
): Promise<WalletProofRow> {
  const row = await proofFor(ctx, principal, params.id);
  const parts = { id: row.id, subjects: [row.maker, row.prover], since: row.createdAt };
  await otherPerson(ctx.pool, principal, parts, "You asked for this wallet.");
  if (row.decidedAt !== null)
    throw new ProblemError("STATE_CONFLICT", `The proof is ${row.state}.`, { target: row.id });
  return row;
}

async function approve(ctx: ApiContext, db: Queryable, call: Approval): Promise<Outcome<Approval["route"]>> {
  const { principal, at } = call;
  const row = await decidable(ctx, call);
  const { id, address } = row;
  if (row.state !== "proved")
    throw new ProblemError("STATE_CONFLICT", "The wallet has not signed yet.", { target: id });
  const investor = (await investorForChange(db, row.investorId))!;
  const known = (await walletsByAddress(db, [address])).get(address);
  if (known !== undefined && (known.investorId !== investor.id || known.state !== "refused")) throw taken(id);
  if (investor.validUntil <= at)
    throw new ProblemError("STATE_CONFLICT", "The investor's identity check has lapsed.", { target: id });
  const wallet = { address, investorId: investor.id, brokerId: investor.brokerId, custody: "SELF" as const };
  const checker = principal.subject;
  return {
    ...(await recorded(db, call, investor, address)),
    target: id,
    detail: { investorId: investor.id, address },
    guard: decideWalletProofPart({ id, state: "approved", checker, reason: null, at }),
    writes: known === undefined ? [walletsPart([{ ...wallet, at }])] : [],
  };
}

/** What a broker changed of its customer reaches the customer's own wallets by the trustee alone. */
async function renew(db: Queryable, call: Renewal): Promise<Outcome<Renewal["route"]>> {
  const { address } = call.params;
  const investorId = await ownWalletInvestor(db, address);
  const investor = investorId && (await investorForChange(db, investorId));
  if (!investor) throw notFound();
  return {
    ...(await recorded(db, call, investor, address)),
    target: investor.id,
    detail: { investorId: investor.id, address },
  };
}

/** The command that records a wallet as the person's own: the registry lets the registrar alone do so. */
async function recorded(
  db: Queryable,
  { principal, at }: Approval | Renewal,
  investor: InvestorRow,
  address: string,
) {
  const commitment = (await latestCommitments(db, [investor.personId])).get(investor.personId)!;
  const operationId = newId("op", at);
  return {
    answer: { status: 202 as const, body: { operationId, state: "accepted" as const, rows: 1 } },
    work: {
      operation: { id: operationId, kind: "wallet.register" as const, issueId: null, subjectId: investor.id },
      commands: [recordCommand({ ...investor, address, custodianId: 0, commitment }, principal.signer!)],
    },
  };
}
