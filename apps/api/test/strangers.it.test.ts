import { type Route, rolesOf } from "@genbo/api-schema/route";
import { type OperationId, routeTable } from "@genbo/api-schema/routes";
import type { Role } from "@genbo/domain/permissions";
import { beforeAll, describe, expect, it } from "vitest";
import type { Question } from "./support/ask.ts";
import { successes } from "./support/successes.ts";
import { type Case, unused } from "./support/trades.ts";
import { createWorld, type World } from "./support/world.ts";

/** Roles of which two parties have nothing to do with each other. */
const apart = ["issuer", "trustee", "broker", "settlement-agent", "investor"] as const satisfies Role[];
type Apart = (typeof apart)[number];

/** It names something that is not the caller's: which customer, which account. */
const refusals: Partial<Record<OperationId, string>> = {
  precheckTransfer: "NOT_CUSTODIAN",
  requestTransfer: "TRANSFER_REFUSED",
  requestTransfers: "ROWS_INVALID",
  offerSettlement: "NOT_CUSTODIAN",
  fileCase: "CASE_REFUSED",
};
/** What anybody of the role does for itself, or may send on for a wallet that has signed it. */
const own = new Set<OperationId>([
  ...(["draftIssue", "registerInvestor", "registerInvestors", "mintSandboxCash", "relayOrder"] as const),
]);
/** The registry of persons is one for all issues: every trustee keeps it (ADR 0028). */
const ofEveryTrustee = new Set<OperationId>([
  ...(["getInvestor", "listInvestors", "listWallets", "listWalletProofs", "getWalletProof"] as const),
  ...(["approveWalletProof", "refuseWalletProof", "renewOwnWallet"] as const),
  ...(["listCustodyChanges", "getCustodyChange", "approveCustodyChange", "refuseCustodyChange"] as const),
]);
/** Of what everybody of the role may know there is: it says nothing of a person, an account or a party's own business. */
const open: Partial<Record<OperationId, readonly Apart[]>> = {
  listParties: apart,
  getParty: apart,
  getIssue: ["broker", "settlement-agent", "investor"],
  listAnchors: ["broker", "settlement-agent", "investor"],
  ...Object.fromEntries(
    (["getChange", "readRegister", "printRegister", "proveRegister", "readRecordDateList"] as const).map(
      (id) => [id, ["broker"]],
    ),
  ),
  // The caller's own part of a register, which has none of it.
  createExport: ["broker"],
};

let world: World;
const strangers = new Map<Apart, string>();
beforeAll(async () => {
  world = await createWorld();
  for (const role of apart) {
    const of = role === "investor" ? (await world.open(world.other, unused())).investorId : undefined;
    strangers.set(role, (await world.admit(role, `staff:stranger-${role}`, of)).secret);
  }
});

const asked = (routeTable as readonly Route[]).flatMap((route) => {
  const id = route.operationId as OperationId;
  if (route.scope === null || id === "moveClock") return [];
  const roles = apart.filter((role) => rolesOf(route).includes(role));
  const cases = Object.entries(successes[id] as Record<string, Case>);
  return cases.flatMap(([status, make]) => roles.map((role) => [id, role, status, make] as const));
});

/** Everything that names a customer of others, or what they have done. */
async function namesOfOthers(): Promise<string[]> {
  const { rows } = await world.owner.query<{ name: string }>(
    `with stranger as (select party_id as id from api_key where subject like 'staff:stranger-%'),
     person as (
       select * from investor where broker_id not in (select id from stranger)
         and id not in (select subject_id from operation where party_id in (select id from stranger))
     )
     select id as name from person union select person_id from person union select external_id from person
     union select address from wallet where investor_id in (select id from person)
     union select id from transfer union select id from settlement union select id from legal_case
     union select id from operation where party_id not in (select id from stranger)`,
  );
  return rows.map(({ name }) => name).filter((name) => name.length > 8);
}

/** A problem's text without what differs between any two requests. */
const bare = (text: string): string => text.replace(/"requestId":"[^"]*"/, "");
/** The same question about something that there is not. */
const ofNothing = ({ params, ...question }: Question<OperationId>): Question<OperationId> => ({
  ...question,
  params: Object.fromEntries(
    Object.entries(params ?? {}).map(([name, value]) => [name, value.replace(/.{6}$/, "000000")]),
  ),
});

describe("a party that has nothing to do with it", () => {
  it.each(asked)("%s by a %s (%s)", async (id, role, _status, make) => {
    const { question } = await make(world);
    const others = await namesOfOthers();
    const ask = (of: Question<OperationId>) => world.ask(strangers.get(role)!, id, of);
    const answer = await ask(question);
    if (role === "trustee" && ofEveryTrustee.has(id)) return;
    const refusal = role === "broker" ? refusals[id] : undefined;
    const isList = answer.status === 200 && Object.hasOwn(Object(answer.body), "items");
    if (refusal !== undefined) expect(answer.text).toContain(refusal);
    else if (!own.has(id) && !open[id]?.includes(role) && !isList) {
      expect(answer.code).toBe("NOT_FOUND");
      if (question.params !== undefined)
        expect(bare(answer.text)).toBe(bare((await ask(ofNothing(question))).text));
    }
    const said = JSON.stringify(question);
    expect(others.filter((name) => answer.text.includes(name) && !said.includes(name))).toEqual([]);
  });
});
