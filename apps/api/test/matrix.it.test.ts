import type { Route } from "@genbo/api-schema/route";
import { type OperationId, routeTable } from "@genbo/api-schema/routes";
import { type Role, roles, scopes } from "@genbo/domain/permissions";
import { beforeAll, describe, expect, it } from "vitest";
import { createWorld, type World } from "./support/world.ts";

const everybody = ["issuer", "trustee", "broker", "settlement-agent", "compliance", "auditor"];
const readers = ["trustee", "broker", "compliance", "auditor"];

/**
 * Who may use which route, written down a second time: a route that is missing here, or a grant that changes by
 * accident, fails. The operator does nothing that has legal effect and reads no register and no person.
 */
const matrix: Record<OperationId, readonly string[]> = {
  createParty: ["operator"],
  listParties: [...everybody, "venue", "investor", "operator"],
  getParty: [...everybody, "venue", "investor", "operator"],
  createKey: [...everybody, "venue", "investor", "operator"],
  listKeys: [...everybody, "venue", "investor", "operator"],
  rotateKey: [...everybody, "venue", "investor", "operator"],
  confirmKey: ["operator"],
  revokeKey: [...everybody, "venue", "investor", "operator"],
  draftIssue: ["issuer"],
  listIssues: [...everybody, "venue", "investor"],
  getIssue: [...everybody, "venue", "investor"],
  approveIssue: ["trustee"],
  rejectIssue: ["trustee"],
  issueUnits: ["issuer"],
  proposeChange: ["issuer", "trustee"],
  listChanges: ["issuer", ...readers],
  getChange: ["issuer", ...readers],
  approveChange: ["trustee"],
  carryChange: ["trustee"],
  refuseChange: ["trustee"],
  withdrawChange: ["issuer", "trustee"],
  registerInvestor: ["broker"],
  registerInvestors: ["broker"],
  listInvestors: readers,
  getInvestor: readers,
  changeParticulars: ["broker"],
  registerWallet: ["broker"],
  registerWallets: ["broker"],
  listWallets: readers,
  askWalletProof: ["broker", "investor"],
  proveWallet: ["broker", "investor"],
  listWalletProofs: readers,
  getWalletProof: readers,
  approveWalletProof: ["trustee"],
  refuseWalletProof: ["trustee"],
  renewOwnWallet: ["trustee"],
  fileCustodyChange: ["broker"],
  listCustodyChanges: readers,
  getCustodyChange: readers,
  consentToCustodyChange: ["broker"],
  approveCustodyChange: ["trustee"],
  refuseCustodyChange: ["trustee"],
  withdrawCustodyChange: ["broker"],
  precheckTransfer: ["broker"],
  requestTransfer: ["broker"],
  requestTransfers: ["broker"],
  listTransfers: readers,
  getTransfer: readers,
  acceptTransfer: ["broker"],
  approveTransfer: ["trustee"],
  rejectTransfer: ["trustee"],
  cancelTransfer: ["broker"],
  relayOrder: ["broker"],
  offerSettlement: ["broker"],
  listSettlements: [...readers, "settlement-agent"],
  getSettlement: [...readers, "settlement-agent"],
  acceptSettlement: ["broker"],
  approveSettlement: ["trustee"],
  rejectSettlement: ["trustee"],
  attestPayment: ["settlement-agent"],
  settleNow: ["broker"],
  takeBack: ["broker"],
  mintSandboxCash: ["settlement-agent"],
  readRegister: readers,
  printRegister: ["trustee", "broker", "compliance"],
  readTotals: ["issuer", "trustee", "compliance", "auditor"],
  readOwnHolding: ["investor"],
  listOwnEntries: ["investor"],
  askAuditView: ["trustee", "compliance"],
  openAuditView: ["trustee", "compliance"],
  endAuditView: ["trustee", "compliance"],
  listAuditViews: ["trustee", "compliance", "auditor"],
  readAggregates: ["issuer", "trustee", "compliance", "auditor"],
  listEntries: readers,
  readHolder: readers,
  readHolderHistory: readers,
  createExport: readers,
  getExport: readers,
  readExport: readers,
  exportRegister: ["trustee", "compliance", "auditor"],
  reconcileIssue: ["trustee", "compliance", "auditor", "operator"],
  listReconciliations: ["trustee", "compliance", "auditor", "operator"],
  listBreaks: ["trustee", "compliance", "auditor", "operator"],
  closeBreak: ["compliance"],
  proveRegister: readers,
  proveHolding: readers,
  listAnchors: [...everybody, "venue", "investor"],
  setRecordDate: ["trustee"],
  listRecordDates: readers,
  readRecordDateList: readers,
  fileCase: ["trustee", "broker"],
  listCases: readers,
  getCase: readers,
  approveCase: ["trustee"],
  refuseCase: ["trustee"],
  withdrawCase: ["trustee", "broker"],
  listHolds: readers,
  requestInspection: ["trustee"],
  listInspections: ["trustee", "compliance", "auditor"],
  getInspection: ["trustee", "compliance", "auditor"],
  grantInspection: ["trustee"],
  refuseInspection: ["trustee"],
  showRegister: ["trustee"],
  recordDisclosure: ["trustee"],
  issueCertificate: ["trustee", "broker"],
  readCertificate: ["trustee", "broker"],
  verifyCertificate: [],
  getOperation: [...everybody, "operator"],
  listOperations: [...everybody, "operator"],
  listOperationRows: [...everybody, "operator"],
  listEvents: everybody,
  moveClock: ["operator"],
  health: [],
  ready: [],
  status: [],
  openApi: [],
  problemPage: [],
};

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

const routes = routeTable as readonly Route[];

it("the matrix has every route of the table, and no other", () => {
  expect(Object.keys(matrix).sort()).toEqual(routes.map(({ operationId }) => operationId).sort());
});

it("every scope that a key may hold is asked for by a route", () => {
  const asked = new Set(routes.map(({ scope }) => scope));
  expect(scopes.filter((scope) => !asked.has(scope))).toEqual([]);
});

describe.each(roles)("%s", (role: Role) => {
  it.each(routes.filter(({ scope }) => scope !== null).map((route) => [route.operationId as OperationId]))(
    "%s",
    async (id) => {
      const answer = await world.ask(world.secretOf(role), id);
      const allowed = matrix[id].includes(role);
      expect([id, answer.code === "FORBIDDEN"]).toEqual([id, !allowed]);
      const scopeless = await world.ask(await keyWithout(role), id);
      expect(scopeless.code).toBe("FORBIDDEN");
    },
  );
});

const weak = new Map<Role, Promise<string>>();
/** A key of the role that holds one scope, which no route of this list asks for. */
function keyWithout(role: Role): Promise<string> {
  const found = weak.get(role) ?? makeWeak(role);
  weak.set(role, found);
  return found;
}

/** An investor acts for one person, who has one party. */
async function boundTo(role: Role): Promise<{ investorId?: string }> {
  return role === "investor" ? { investorId: (await world.open(world.broker, "weak")).investorId } : {};
}

async function makeWeak(role: Role): Promise<string> {
  const { body } = await world.ask(world.operator, "createParty", {
    body: { kind: role, name: `${role} 2`, ...(await boundTo(role)) },
  });
  const secret = await world.keyFor(body.id, `staff:weak-${role}`, ["parties:read"]);
  await world.owner.query("update api_key set scopes = '{}' where party_id = $1", [body.id]);
  return secret;
}

it("a route that is not in the table cannot be registered", async () => {
  const { buildApp } = await import("../src/app.ts");
  const app = await buildApp(world.ctx);
  expect(() => app.get("/v1/backdoor", () => "open")).toThrow();
  await app.close();
});

it("the sandbox is of the local profile alone", async () => {
  const { buildApp } = await import("../src/app.ts");
  const app = await buildApp({ ...world.ctx, profile: "server" });
  const { asker } = await import("./support/ask.ts");
  const ask = asker(app);
  const moved = await ask(world.operator, "moveClock", { body: { to: "2030-01-01T00:00:00Z" } });
  const minted = await ask(world.secretOf("settlement-agent"), "mintSandboxCash", {
    body: { partyId: world.broker.partyId, yen: "1" },
  });
  expect([moved.code, minted.code]).toEqual(["FORBIDDEN", "FORBIDDEN"]);
  expect(minted.problem.detail).toContain("money");
  await app.close();
});
