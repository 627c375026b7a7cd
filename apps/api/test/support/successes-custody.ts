import type { Holder, World } from "./world.ts";

let count = 0;
const unused = (): string => `custody-${++count}`;
const documents = [{ name: "移管依頼書.pdf", sha256: "0".repeat(64) }];

export interface Handed {
  id: string;
  customer: Holder;
}

/** A custody change that the keeping broker filed. */
export async function filedChange(world: World): Promise<Handed> {
  const customer = await world.open(world.broker, unused());
  const body = { investorId: customer.investorId, toBrokerId: world.other.partyId, documents };
  const answer = await world.ask(world.broker.secret, "fileCustodyChange", { body });
  return { id: answer.body.custodyChangeId!, customer };
}

/** One to which both brokers consented; `entered`: their words stand on the chain. */
export async function consentedChange(world: World, entered = true): Promise<Handed> {
  const filed = await filedChange(world);
  const question = { params: { id: filed.id }, body: { externalId: unused() } };
  await world.ask(world.other.secret, "consentToCustodyChange", question);
  if (entered)
    await world.owner.query(
      "update operation set state = 'entered', rows_entered = 1 where subject_id = $1 and kind = 'custody.consent'",
      [filed.id],
    );
  return filed;
}

const asked = (secret: string, question: object) => ({ secret, question });

export const custodySuccesses = {
  fileCustodyChange: {
    202: async (world: World) => {
      const { investorId } = await world.open(world.broker, unused());
      return asked(world.broker.secret, {
        body: { investorId, toBrokerId: world.other.partyId, documents },
      });
    },
  },
  listCustodyChanges: {
    200: async (world: World) => asked(world.other.secret, { query: { state: "open" } }),
  },
  getCustodyChange: {
    200: async (world: World) =>
      asked(world.auditor.secret, { params: { id: (await filedChange(world)).id } }),
  },
  consentToCustodyChange: {
    202: async (world: World) =>
      asked(world.other.secret, {
        params: { id: (await filedChange(world)).id },
        body: { externalId: unused() },
      }),
  },
  approveCustodyChange: {
    202: async (world: World) =>
      asked(world.trustee.secret, { params: { id: (await consentedChange(world)).id }, body: {} }),
  },
  refuseCustodyChange: {
    200: async (world: World) =>
      asked(world.trustee.secret, {
        params: { id: (await filedChange(world)).id },
        body: { reason: "本人の意思が確認できない" },
      }),
  },
  withdrawCustodyChange: {
    202: async (world: World) =>
      asked(world.broker.secret, { params: { id: (await filedChange(world)).id }, body: {} }),
  },
};
