import { readFileSync } from "node:fs";
import { type ContractName, contractInterface } from "@genbo/chain/abi";
import { batchCalls } from "@genbo/chain/calls";
import { encodeCommands, singleCalls } from "@genbo/chain/commands";
import { issueCalls } from "@genbo/chain/issue-calls";
import { legalCalls } from "@genbo/chain/legal-calls";
import { orderCalls } from "@genbo/chain/orders";
import { settlementCalls } from "@genbo/chain/settlement-calls";
import { zeroWord } from "@genbo/domain/words";
import { beforeAll, expect, test } from "vitest";
import { buildContracts } from "../../scripts/contracts/build.ts";

beforeAll(() => buildContracts());

const names: ContractName[] = [
  "SecurityToken",
  "HolderRegistry",
  "TokenFactory",
  "Settlement",
  "RegisterAnchor",
  "CashToken",
];
const address = (number: number) => `0x${number.toString(16).padStart(40, "0")}`;
const [token, account] = [address(1), address(2)];
const targets = {
  manager: address(10),
  registry: address(11),
  factory: address(12),
  anchor: address(13),
  settlement: address(14),
  cash: address(15),
};
const contractAt = new Map<string, ContractName>([
  [token, "SecurityToken"],
  [targets.registry, "HolderRegistry"],
  [targets.factory, "TokenFactory"],
  [targets.anchor, "RegisterAnchor"],
  [targets.settlement, "Settlement"],
  [targets.cash, "CashToken"],
]);

const word = `0x${"5".repeat(64)}`;
const row = {
  ...{ account, from: account, to: token, controller: account, units: "1", kind: 2, expiryMinutes: 0 },
  ...{ ref: word, data: word, holdId: word, basis: 3, breaks: [], behind: word, pledgee: token },
};
/** One set of arguments that every command finds its own in. */
const args = {
  ...row,
  ...{ wallet: account, record: word, particulars: word, rows: [row], holdIds: [word], paused: true },
  ...{ lost: account, replacement: token, policy: zeroWord, termsHash: word, uri: "u", hash: word },
  ...{ name: "N", symbol: "S", cap: "1", issuerRole: "1000", role: "1", signer: account, id: 1 },
  ...{ subject: word, day: 1, root: word, supersedes: zeroWord, yen: "1", leg: 0, evidence: word },
  ...{ n: "1", d: "2" },
  ...{ order: { ...row, action: 1, nonce: "1", deadline: 1 }, signature: "0x00" },
  ...{ instruction: { ref: word, deadline: 1, legs: [] } },
};
/** Of the same name as in another command's arguments, and another kind. */
const own: Record<string, object> = {
  consentToMove: { wallets: [account], to: 1, consents: true },
  carry: { rows: [{ account, holdIds: [word] }] },
  succeed: { rows: [{ ...row, parts: [{ units: "1", claim: "1" }] }] },
};
const onToken = new Set<string>(
  [...batchCalls, ...legalCalls, ...issueCalls, ...orderCalls].filter((call) => call !== "setRecords"),
);

/** `Contract.function` that a command calls, decoded from what it sends. */
function calledBy(call: string): string[] {
  const command = {
    call,
    target: onToken.has(call) ? token : null,
    ref: word,
    args: { ...args, ...own[call] },
  };
  const { to, data } = encodeCommands([command], targets);
  const contract = contractAt.get(to);
  if (contract === undefined) return [];
  const parsed = contractInterface(contract).parseTransaction({ data: `0x${data.toString("hex")}` });
  return [`${contract}.${parsed!.name}`];
}

/** The table of docs/contracts.md under "Not reachable": `Contract.function` and why. */
function listed(): Map<string, string> {
  const doc = readFileSync(new URL("../../docs/contracts.md", import.meta.url), "utf8");
  const section = doc.split("\n## ").find((part) => part.startsWith("Not reachable"))!;
  const rows = section.matchAll(/^\| (`.*`) \| (.*) \|$/gm);
  return new Map(
    [...rows].flatMap(([, functions, why]) =>
      [...functions!.matchAll(/`([\w.]+)`/g)].map(([, name]): [string, string] => [name!, why!]),
    ),
  );
}

test("every function that changes something is called by a command, or the documentation says why not", () => {
  const calls = [
    ...batchCalls,
    ...legalCalls,
    ...issueCalls,
    ...settlementCalls,
    ...singleCalls,
    ...orderCalls,
  ];
  const reachable = new Set(calls.flatMap(calledBy));
  const all = names.flatMap((name) => {
    const found: string[] = [];
    contractInterface(name).forEachFunction(({ name: fn, stateMutability }) => {
      if (stateMutability !== "view" && stateMutability !== "pure") found.push(`${name}.${fn}`);
    });
    return found;
  });
  expect([...listed().keys()].sort()).toEqual(all.filter((name) => !reachable.has(name)).sort());
  for (const why of listed().values()) expect(why.length).toBeGreaterThan(20);
});
