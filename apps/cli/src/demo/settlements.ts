import type { WireAnswer, WireRequest } from "@genbo/api-schema/wire";
import type { Client } from "../client.ts";
import type { Accounts } from "./accounts.ts";
import type { ChainView } from "./chain-view.ts";
import { moveClock } from "./clock.ts";
import type { DemoIssue } from "./issue.ts";
import { openDesk, papers } from "./legal-acts.ts";
import type { Parties } from "./parties.ts";
import { allEntries } from "./reads.ts";
import type { Step } from "./steps.ts";

type Settlement = WireAnswer<"getSettlement">;
type NewSettlement = NonNullable<WireRequest<"offerSettlement">["body"]>;
type Broker = "SBI" | "NOMURA";

/** How a trade against payment ended, and what the chain said when it would not settle. */
export interface Settled {
  case: string;
  state: string;
  legs: string[];
  code: string | null;
}

interface Trade {
  name: string;
  day: string;
  from: { broker: Broker; id: string };
  to: { broker: Broker; id: string };
  units: number;
  money: "CASH" | "BANK";
  deadline?: string;
}

const priceYen = 1_000_000;

/**
 * Delivery versus payment three times: against yen on chain, back again against a bank transfer, and once so that it
 * does not settle. Afterwards everybody has what he had, so that the register goes on as in the fixture.
 */
export async function settleTrades(
  step: Step,
  parties: Parties,
  issue: DemoIssue,
  accounts: Accounts,
  chain: ChainView,
): Promise<Settled[]> {
  const desk = openTrades(step, parties, issue, accounts);
  const seller = { broker: "SBI", id: "INV-B" } as const;
  const buyer = { broker: "NOMURA", id: "INV-K" } as const;

  await moveClock(step, parties.as.operator, "2022-01-24T10:00:00+09:00");
  await desk.mint("SBI", 1n * BigInt(priceYen));
  await desk.mint("NOMURA", 3n * BigInt(priceYen));
  const cash: Trade = {
    name: "cash",
    day: "2022-01-24",
    from: seller,
    to: buyer,
    units: 2,
    money: "CASH",
  };
  const forCash = await desk.offer(cash);
  step.check("the offer holds the units for these terms alone", forCash.legs[0]!.holdId !== null, true);
  await desk.accept(cash, forCash.id, 202);
  await desk.approve(cash, forCash.id);
  const first = await desk.settled(forCash.id);
  step.check("against yen on chain: both legs moved at once", first.legs, [
    "UNITS delivered",
    "CASH delivered",
  ]);
  await desk.checkEntry(forCash, cash);

  await moveClock(step, parties.as.operator, "2022-01-25T10:00:00+09:00");
  const bank: Trade = { name: "bank", day: "2022-01-25", from: buyer, to: seller, units: 2, money: "BANK" };
  const forMoney = await desk.offer(bank);
  await desk.accept(bank, forMoney.id, 200);
  await desk.approve(bank, forMoney.id);
  await desk.attest(bank, forMoney.id);
  const second = await desk.settled(forMoney.id);
  step.check("back against a bank transfer that the settlement agent attests", second.legs, [
    "UNITS delivered",
    "BANK delivered",
  ]);

  await moveClock(step, parties.as.operator, "2022-01-26T10:00:00+09:00");
  const lapse: Trade = {
    name: "lapse",
    day: "2022-01-26",
    from: seller,
    to: buyer,
    units: 1,
    money: "CASH",
    deadline: "2022-01-26T18:00:00+09:00",
  };
  const never = await desk.offer(lapse);
  await desk.approve(lapse, never.id);
  await desk.freeze("FREEZE", buyer.id);
  await desk.accept(lapse, never.id, 202);
  const refused = await desk.settled(never.id);
  step.check(
    "a buyer who was frozen meanwhile gets nothing, and pays nothing",
    refused.code,
    "RECEIVER_FROZEN",
  );
  await moveClock(step, parties.as.operator, "2022-01-26T18:01:00+09:00");
  await desk.takeBack(lapse, never.id, "SBI");
  await desk.takeBack(lapse, never.id, "NOMURA");
  await desk.freeze("UNFREEZE", buyer.id);
  const third = await desk.settled(never.id);
  step.check("after the deadline each side has its own again", third.legs, [
    "UNITS returned",
    "CASH returned",
  ]);
  const { signer } = (await parties.as.SBI.call("getParty", { params: { id: parties.ids.SBI } })).body;
  step.check(
    "the seller's broker was paid once",
    await chain.balance(forCash.legs[1]!.asset!, signer!),
    3n * BigInt(priceYen),
  );
  return [first, second, { ...third, code: refused.code }];
}

function openTrades(step: Step, parties: Parties, issue: DemoIssue, accounts: Accounts) {
  const { trustee, bank: agent } = parties.as;
  const read = async (id: string): Promise<Settlement> =>
    (await trustee.call("getSettlement", { params: { id } })).body;
  const done = async (client: Client, what: string, { operationId }: { operationId: string }) => {
    const { state } = await client.waitForOperation(operationId);
    step.check(what, state, "entered");
  };
  const act = (trade: Trade, name: string) => ({ body: {}, key: `demo:dvp:${trade.name}:${name}` });
  return {
    mint: async (broker: Broker, yen: bigint) => {
      const body = { partyId: parties.ids[broker], yen: String(yen) };
      const { body: minted } = await agent.call("mintSandboxCash", { body, key: `demo:dvp:mint:${broker}` });
      await done(agent, `${broker} has ${yen} yen of the sandbox on chain`, minted);
    },
    offer: async (trade: Trade): Promise<Settlement> => {
      const { from, to, units, money, day, deadline } = trade;
      const address = ({ id }: Trade["from"]) => accounts.get(id)!.address;
      const body: NewSettlement = {
        tradeDate: day,
        settlementDate: day,
        ...(deadline !== undefined && { deadline }),
        ...(money === "BANK" && { agentId: parties.ids.bank }),
        legs: [
          { kind: "UNITS", issueId: issue.id, from: address(from), to: address(to), units: String(units) },
          {
            kind: money,
            payerId: parties.ids[to.broker],
            payeeId: parties.ids[from.broker],
            yen: String(units * priceYen),
          },
        ],
      };
      const client = parties.as[from.broker];
      const { body: made } = await client.call("offerSettlement", {
        body,
        key: `demo:dvp:${trade.name}:offer`,
      });
      await done(client, `${from.id} offers ${units} to ${to.id}: the units are held`, made);
      return read(made.settlementId!);
    },
    accept: async (trade: Trade, id: string, status: 200 | 202) => {
      const client = parties.as[trade.to.broker];
      const { body, status: answered } = await client.call("acceptSettlement", {
        params: { id },
        ...act(trade, "accept"),
      });
      step.check("the buyer's broker agrees (198(2))", answered, status);
      if ("operationId" in body) await done(client, "and its cash is in", body);
    },
    approve: async (trade: Trade, id: string) =>
      done(
        trustee,
        "the trustee approves",
        (await trustee.call("approveSettlement", { params: { id }, ...act(trade, "approve") })).body,
      ),
    attest: async (trade: Trade, id: string) => {
      const body = { leg: 1, evidence: "0".repeat(64) };
      const attested = { params: { id }, body, key: `demo:dvp:${trade.name}:attest` };
      await done(agent, "the agent saw the transfer", (await agent.call("attestPayment", attested)).body);
    },
    takeBack: async (trade: Trade, id: string, broker: Broker) => {
      const client = parties.as[broker];
      const { body } = await client.call("takeBack", { params: { id }, ...act(trade, `back:${broker}`) });
      await done(client, `${broker} takes back what it brought in`, body);
    },
    freeze: (kind: "FREEZE" | "UNFREEZE", id: string) =>
      openDesk(step, parties, issue).enter(`dvp:${kind}`, `${id}: ${kind}`, {
        kind,
        facts: { account: accounts.get(id)!.address, flag: "FROZEN" },
        documents: papers("DECISION"),
      }),
    /** Waits until the platform has asked the chain to settle, which it does by itself. */
    settled: async (id: string): Promise<Settled> => {
      const operation = await settling(trustee, id);
      const { state, legs, tradeDate } = await read(id);
      return {
        case: tradeDate,
        state,
        legs: legs.map((leg) => `${leg.kind} ${leg.state}`),
        code: operation.code,
      };
    },
    checkEntry: async ({ legs, tradeDate }: Settlement, { units }: Trade) => {
      const holdId = legs[0]!.holdId;
      const entries = (await allEntries(trustee, issue.id)).filter((entry) => entry.holdId === holdId);
      step.check(
        "the register has each step of the hold",
        entries.map(({ kind, basis }) => `${kind} ${basis}`),
        ["HOLD_CREATED JOINT_REQUEST", "HOLD_ACCEPTED JOINT_REQUEST", "HOLD_EXECUTED JOINT_REQUEST"],
      );
      const { units: moved, acquiredOn } = entries.at(-1)!;
      step.check("acquired on the day of delivery", [moved, acquiredOn], [String(units), tradeDate]);
    },
  };
}

const patienceMs = 30_000;

async function settling(client: Client, id: string): Promise<WireAnswer<"getOperation">> {
  const until = Date.now() + patienceMs;
  for (;;) {
    const { body } = await client.call("getSettlement", { params: { id } });
    for (const operationId of body.operationIds) {
      const { body: found } = await client.call("getOperation", { params: { id: operationId } });
      if (found.kind === "settlement.settle") return client.waitForOperation(operationId);
    }
    if (Date.now() > until)
      throw new Error(`Nothing settles ${id}; it waits for ${body.waitsFor.join(", ")}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
