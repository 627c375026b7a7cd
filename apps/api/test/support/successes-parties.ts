import { issueDraft } from "./samples.ts";
import { asks, type Case, traded, unused } from "./trades.ts";
import type { World } from "./world.ts";

async function newParty(world: World, kind: "auditor" | "trustee" = "auditor"): Promise<string> {
  const { body } = await world.ask(world.operator, "createParty", { body: { kind, name: unused() } });
  return body.id;
}

/** A further key of the trustee's, made by itself. */
async function newKeyId(world: World): Promise<string> {
  const { body } = await world.ask(world.trustee.secret, "createKey", {
    params: { id: world.trustee.partyId },
    body: { subject: unused() },
  });
  return body.id;
}

const draft = async (world: World): Promise<string> => {
  const { body } = await world.ask(world.issuer.secret, "draftIssue", {
    body: issueDraft(world.trustee.partyId),
  });
  return body.id;
};

/** Parties, their keys, and issues up to their units. */
export const partySuccesses = {
  createParty: {
    201: async (world) => asks(world.operator, { body: { kind: "auditor", name: unused() } }),
    202: async (world) => asks(world.operator, { body: { kind: "broker", name: unused() } }),
  },
  listParties: { 200: async (world) => asks(world.auditor.secret, { query: { limit: 2 } }) },
  getParty: { 200: async (world) => asks(world.broker.secret, { params: { id: world.trustee.partyId } }) },
  createKey: {
    201: async (world) =>
      asks(world.operator, { params: { id: await newParty(world) }, body: { subject: unused() } }),
  },
  listKeys: {
    200: async (world) => asks(world.trustee.secret, { params: { id: world.trustee.partyId }, query: {} }),
  },
  rotateKey: {
    201: async (world) =>
      asks(world.trustee.secret, { params: { id: await newKeyId(world) }, body: { graceSeconds: 60 } }),
  },
  confirmKey: {
    200: async (world) => asks(world.operator, { params: { id: await newKeyId(world) }, body: {} }),
  },
  revokeKey: { 200: async (world) => asks(world.operator, { params: { id: await newKeyId(world) } }) },
  draftIssue: {
    201: async (world) => asks(world.issuer.secret, { body: issueDraft(world.trustee.partyId) }),
  },
  listIssues: { 200: async (world) => asks(world.auditor.secret, { query: { state: "active" } }) },
  getIssue: {
    200: async (world) => asks(world.broker.secret, { params: { id: await world.activeIssue() } }),
  },
  approveIssue: {
    202: async (world) => asks(world.trustee.secret, { params: { id: await draft(world) }, body: {} }),
  },
  rejectIssue: {
    200: async (world) =>
      asks(world.trustee.secret, { params: { id: await draft(world) }, body: { reason: "不備" } }),
  },
  issueUnits: {
    202: async (world) => {
      const { issueId: id, buyer } = await traded(world);
      return asks(world.issuer.secret, {
        params: { id },
        body: { rows: [{ to: buyer.account, units: "2" }] },
      });
    },
  },
} satisfies Record<string, Readonly<Record<number, Case>>>;
