import { asks, type Case, type Traded, traded, unused } from "./trades.ts";
import type { World } from "./world.ts";

/** A pledge of the seller's units to the buyer. */
export const pledgeOf = ({ seller, buyer }: Traded) => ({
  kind: "PLEDGE",
  facts: { account: seller.account, units: "2", pledgee: buyer.account },
  documents: [{ kind: "PLEDGE_AGREEMENT", name: "契約書.pdf", sha256: "0".repeat(64) }],
});

/** A case that the seller's broker filed. */
async function openCase(world: World): Promise<string> {
  const trade = await traded(world);
  const question = { params: { id: trade.issueId }, body: pledgeOf(trade) as never };
  return (await world.ask(world.broker.secret, "fileCase", question)).body.id;
}

export const inspectionAsked = {
  requester: { name: "利害 関係", address: "東京都千代田区1-1" },
  capacity: "INTERESTED_PERSON",
  reason: "権利の確保のための調査",
};

/** A request to inspect that waits for its decision. */
export async function openInspection(world: World): Promise<string> {
  const { issueId } = await traded(world);
  const maker = await world.keyFor(world.trustee.partyId, unused());
  const question = { params: { id: issueId }, body: inspectionAsked };
  return (await world.ask(maker, "requestInspection", question)).body.id;
}

async function grantedInspection(world: World): Promise<string> {
  const id = await openInspection(world);
  await world.ask(world.trustee.secret, "grantInspection", { params: { id }, body: {} });
  return id;
}

/** A certificate of the seller's entries. */
async function certified(world: World): Promise<string> {
  const { issueId, seller } = await traded(world);
  const question = { params: { id: issueId }, body: { account: seller.account } };
  return (await world.ask(world.broker.secret, "issueCertificate", question)).body.number;
}

/** Cases, inspections and certificates. */
export const legalSuccesses = {
  fileCase: {
    201: async (world) => {
      const trade = await traded(world);
      return asks(world.broker.secret, { params: { id: trade.issueId }, body: pledgeOf(trade) });
    },
  },
  listCases: {
    200: async (world) =>
      asks(world.broker.secret, {
        params: { id: (await traded(world)).issueId },
        query: { state: "open" },
      }),
  },
  getCase: {
    200: async (world) => asks(world.compliance.secret, { params: { id: await openCase(world) } }),
  },
  approveCase: {
    202: async (world) => asks(world.trustee.secret, { params: { id: await openCase(world) }, body: {} }),
  },
  refuseCase: {
    200: async (world) => {
      const params = { id: await openCase(world) };
      return asks(world.trustee.secret, { params, body: { reason: "書類の不備" } });
    },
  },
  withdrawCase: {
    200: async (world) => asks(world.broker.secret, { params: { id: await openCase(world) }, body: {} }),
  },
  listHolds: {
    200: async (world) =>
      asks(world.broker.secret, { params: { id: (await traded(world)).issueId }, query: { limit: 5 } }),
  },
  requestInspection: {
    201: async (world) =>
      asks(world.trustee.secret, {
        params: { id: (await traded(world)).issueId },
        body: inspectionAsked,
      }),
  },
  listInspections: {
    200: async (world) =>
      asks(world.auditor.secret, {
        params: { id: (await traded(world)).issueId },
        query: { state: "open" },
      }),
  },
  getInspection: {
    200: async (world) =>
      asks(world.trustee.secret, {
        params: { id: await grantedInspection(world) },
        query: { purpose: "照会" },
      }),
  },
  grantInspection: {
    200: async (world) =>
      asks(world.trustee.secret, { params: { id: await openInspection(world) }, body: {} }),
  },
  refuseInspection: {
    200: async (world) => {
      const body = { ground: "UNSUITABLE_TIME", explanation: "深夜の請求" };
      return asks(world.trustee.secret, { params: { id: await openInspection(world) }, body });
    },
  },
  showRegister: {
    200: async (world) =>
      asks(world.trustee.secret, { params: { id: await grantedInspection(world) }, query: { limit: 1 } }),
  },
  recordDisclosure: {
    201: async (world) => {
      const evidence = { name: "調査報告.pdf", sha256: "0".repeat(64) };
      const body = { disclosedOn: "2021-08-02", evidence };
      return asks(world.trustee.secret, { params: { id: await grantedInspection(world) }, body });
    },
  },
  issueCertificate: {
    201: async (world) => {
      const { issueId: id, seller } = await traded(world);
      return asks(world.broker.secret, { params: { id }, body: { account: seller.account } });
    },
  },
  readCertificate: {
    200: async (world) =>
      asks(world.trustee.secret, {
        params: { number: await certified(world) },
        query: { purpose: "交付" },
      }),
  },
  verifyCertificate: { 200: async (world) => asks(null, { params: { number: await certified(world) } }) },
} satisfies Record<string, Readonly<Record<number, Case>>>;
