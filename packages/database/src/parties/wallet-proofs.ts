import type { StateOfProof } from "@genbo/domain/states";
import { insertPart, type Part } from "../commands/statement.ts";
import type { Prisma, PrismaClient, WalletProof } from "../generated/client.ts";
import type { Queryable } from "../sql/connection.ts";
import type { Narrowed } from "../sql/narrowed.ts";
import { given, type Page, pageById } from "../sql/page.ts";

export interface NewWalletProof {
  id: string;
  investorId: string;
  address: string;
  challenge: string;
  deadline: Date;
  partyId: string;
  maker: string;
  at: Date;
}

export const walletProofPart = (row: NewWalletProof): Part =>
  insertPart<NewWalletProof>(
    "wallet_proof",
    {
      id: ["text", (of) => of.id],
      investor_id: ["text", (of) => of.investorId],
      address: ["text", (of) => of.address],
      challenge: ["text", (of) => of.challenge],
      deadline: ["timestamptz", (of) => of.deadline],
      state: ["text", () => "asked"],
      party_id: ["text", (of) => of.partyId],
      maker: ["text", (of) => of.maker],
      created_at: ["timestamptz", (of) => of.at],
    },
    [row],
  );

/** The wallet's word; a guard, so that a challenge is signed once. */
export const provePart = (of: { id: string; signature: string; prover: string; at: Date }): Part => ({
  name: "prove_wallet",
  sql: (param, from) => `update wallet_proof set state = 'proved', signature = ${param(of.signature, "text")},
      prover = ${param(of.prover, "text")}, proved_at = ${param(of.at, "timestamptz")}
    from ${from} where id = ${param(of.id, "text")} and state = 'asked' returning 1`,
});

interface Decision {
  id: string;
  state: "approved" | "refused";
  checker: string;
  reason: string | null;
  at: Date;
}

/** Decides a proof once; only what the wallet has signed can be approved. */
export const decideWalletProofPart = ({ id, state, checker, reason, at }: Decision): Part => ({
  name: "decide_wallet_proof",
  sql: (param, from) => {
    const decided = param(state, "text");
    return `update wallet_proof set state = ${decided}, checker = ${param(checker, "text")},
        reason = ${param(reason, "text")}, decided_at = ${param(at, "timestamptz")}
      from ${from} where id = ${param(id, "text")} and decided_at is null
        and (state = 'proved' or ${decided} = 'refused') returning 1`;
  },
});

export type WalletProofRow = Narrowed<WalletProof, { state: StateOfProof }>;
/** A broker sees those of its customers, an investor what it asked for. */
export type WalletProofView = { as: "broker" | "investor"; partyId: string } | { as: "everything" };

function visible(view: WalletProofView): Prisma.WalletProofWhereInput {
  if (view.as === "broker") return { investor: { brokerId: view.partyId } };
  return view.as === "investor" ? { partyId: view.partyId } : {};
}

export interface WalletProofFilter extends Page {
  state?: string | undefined;
}

/** Proofs, oldest first; one more than `limit`, if there are more. */
export const listWalletProofs = (
  prisma: PrismaClient,
  view: WalletProofView,
  { state, ...page }: WalletProofFilter,
): Promise<WalletProofRow[]> =>
  prisma.walletProof.findMany(pageById(page, visible(view), given({ state }))) as Promise<WalletProofRow[]>;

export const findWalletProof = (
  prisma: PrismaClient,
  view: WalletProofView,
  id: string,
): Promise<WalletProofRow | null> =>
  prisma.walletProof.findFirst({
    where: { AND: [{ id }, visible(view)] },
  }) as Promise<WalletProofRow | null>;

/** An investor's own wallet that the registry has, with whose it is. */
export async function ownWalletInvestor(db: Queryable, address: string): Promise<string | undefined> {
  const text =
    "select investor_id as id from wallet where address = $1 and custody = 'SELF' and state = 'registered'";
  return (await db.query<{ id: string }>(text, [address])).rows[0]?.id;
}
