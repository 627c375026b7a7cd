import type { OperationId } from "@genbo/api-schema/routes";
import { beforeAll, expect, it } from "vitest";
import { successes } from "./support/successes.ts";
import { createWorld, type World } from "./support/world.ts";

type Maker = keyof typeof successes;
/** Who sees all of a list, and what gives it rows; where rows have a state, of two of them. */
const lists: [list: OperationId, as: "operator" | "auditor" | "broker", ...makers: Maker[]][] = [
  ["listParties", "operator", "createParty"],
  ["listInvestors", "broker", "registerInvestor"],
  ["listWallets", "broker", "registerWallet"],
  ["listIssues", "auditor", "draftIssue", "approveIssue"],
  ["listTransfers", "auditor", "requestTransfer", "rejectTransfer"],
  ["listSettlements", "auditor", "offerSettlement"],
  ["listCustodyChanges", "auditor", "fileCustodyChange", "refuseCustodyChange"],
  ["listWalletProofs", "auditor", "askWalletProof", "refuseWalletProof"],
];

let world: World;
beforeAll(async () => {
  world = await createWorld();
});

interface Row {
  id?: string;
  address?: string;
  state?: string;
}

const keyOf = ({ id, address }: Row): string => (id ?? address)!;

it.each(lists)("%s comes in pages that fit together, and of one state alone", async (list, as, ...makers) => {
  const secret = as === "operator" ? world.operator : world[as].secret;
  const page = async (query: object) => {
    const { status, body } = await world.ask(secret, list, { query: { ...query } } as never);
    expect([status, body]).toEqual([200, body]);
    return body as unknown as { items: Row[]; next: string | null };
  };
  for (const maker of [...makers, ...makers, ...makers]) {
    const { secret, question } = await Object.values(successes[maker])[0]!(world);
    await world.ask(secret, maker, question as never);
  }
  const all = (await page({ limit: 200 })).items;
  expect(all.length).toBeGreaterThanOrEqual(3);
  expect(all.map(keyOf)).toEqual(all.map(keyOf).sort());
  const seen: Row[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const { items, next } = await page({ limit: 2, ...(cursor !== undefined && { cursor }) });
    expect(items.length).toBeLessThanOrEqual(2);
    seen.push(...items);
    cursor = next;
  }
  expect(seen).toEqual(all);
  if (makers.length === 1) return;
  const states = new Set(all.map(({ state }) => state));
  expect(states.size).toBeGreaterThan(1);
  for (const state of states)
    expect((await page({ limit: 200, state })).items).toEqual(all.filter((row) => row.state === state));
});
