import type { OrderWallet } from "@genbo/chain/order-wallet";
import type { Bond } from "./bond.ts";
import { certify } from "./certificate.ts";
import { moveClock } from "./clock.ts";
import type { BondScenario } from "./fixture.ts";
import type { KeyStore } from "./keys.ts";
import { acceptBySignature, keptWallet, proveOwnWallet, refuseOtherKeys } from "./own-wallet.ts";
import type { Parties } from "./parties.ts";
import { allEntries, readRegister } from "./reads.ts";
import { attemptAll, type Refusal } from "./refusals.ts";
import type { Step } from "./steps.ts";
import { decide, requestSale } from "./trade.ts";

type Held = BondScenario["holders"][number];
const saleDay = "2021-06-01";
const soldUnits = 2;

/** June 2021: a bondholder proves a wallet of his own, buys into it, and has it certified. */
export async function buyIntoOwnWallet(
  step: Step,
  parties: Parties,
  bond: Bond,
  keys: KeyStore,
): Promise<{ wallet: OrderWallet; certificate: string; refusals: Refusal[] }> {
  await moveClock(step, parties.as.operator, `${saleDay}T10:00:00+09:00`);
  const wallet = keptWallet(keys, "wallet:own");
  const buyer = bond.accounts.get(bond.scenario.holders[0]!.id)!;
  const chainId = await proveOwnWallet(step, parties, buyer, wallet);
  const otherKeys = await refuseOtherKeys(step, parties, buyer);
  await sellToOwnWallet(step, parties, bond, wallet, chainId);
  const { certificate, refusals } = await certifyOwnWallet(step, parties, bond, wallet);
  return { wallet, certificate, refusals: [...otherKeys, ...refusals] };
}

/** A sale into the own wallet of a bondholder: he accepts it himself, by a signature. */
async function sellToOwnWallet(
  step: Step,
  parties: Parties,
  { issue, accounts, scenario }: Bond,
  wallet: OrderWallet,
  chainId: number,
): Promise<void> {
  const { trustee } = parties.as;
  const [buyer, , seller] = scenario.holders as [Held, Held, Held];
  const order = { issueId: issue.id, tradeDate: saleDay, settlementDate: saleDay, units: String(soldUnits) };
  const from = accounts.get(seller.id)!.address;
  const id = await requestSale(step, parties, "bond", { ...order, from, to: wallet.address });
  const { body: transfer } = await trustee.call("getTransfer", { params: { id } });
  await acceptBySignature(step, parties, issue, wallet, transfer, chainId);
  await decide(step, parties, "bond", id, "approveTransfer");

  const entry = (await allEntries(trustee, issue.id)).find(
    ({ kind, ref }) => kind === "HOLD_EXECUTED" && ref === transfer.ref,
  );
  step.check(
    "entered on joint request, which binds the company from then on (Companies Act 688, 691(2))",
    [entry?.basisArticle, entry?.perfectedAt],
    ["CA 691(2)", entry?.enteredAt],
  );
  const { rows } = await readRegister(trustee, issue.id, saleDay);
  const { personId, address } = accounts.get(buyer.id)!;
  const his = rows.filter((row) => row.personId === personId);
  step.check(
    `${buyer.id} is one bondholder with two accounts: one at his broker, one of his own`,
    Object.fromEntries(his.map(({ account, units }) => [account, units])),
    { [address]: String(buyer.units), [wallet.address]: String(soldUnits) },
  );
}

/** What the register says of one bondholder, for whoever he shows it to; of nobody else's. */
async function certifyOwnWallet(
  step: Step,
  parties: Parties,
  { issue, accounts, scenario }: Bond,
  wallet: OrderWallet,
): Promise<{ certificate: string; refusals: Refusal[] }> {
  const [{ id, units }] = scenario.holders as [Held];
  const { personId, address } = accounts.get(id)!;
  const { number, statement } = await certify(step, parties, issue, {
    name: "bond",
    personId,
    asOf: saleDay,
  });
  step.check(
    "one certificate of his entries in both accounts (Companies Act 682)",
    [statement.article, Object.fromEntries(statement.accounts.map((of) => [of.account, of.holding.units]))],
    ["CA 682(1)", { [address]: String(units), [wallet.address]: String(soldUnits) }],
  );
  const of = accounts.get(scenario.holders[3]!.id)!.address;
  const refusals = await attemptAll(step, [
    {
      case: "a certificate of another broker's customer",
      expected: { status: 404, codes: ["NOT_FOUND"] },
      act: () =>
        parties.as.NOMURA.call("issueCertificate", { params: { id: issue.id }, body: { account: of } }),
    },
    {
      case: "a split of a bond",
      expected: { status: 422, codes: ["INVALID_FIELD"] },
      act: () =>
        parties.as.issuer.call("proposeChange", {
          params: { id: issue.id },
          body: { kind: "RATIO", reason: "社債の分割", numerator: 2, denominator: 1 },
        }),
    },
  ]);
  return { certificate: number, refusals };
}
