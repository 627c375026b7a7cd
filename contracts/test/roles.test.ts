import { readFileSync } from "node:fs";
import { type ContractName, contractInterface } from "@genbo/chain/abi";
import { type FunctionFragment, id, type ParamType } from "ethers";
import { beforeAll, describe, expect, test } from "vitest";
import { createPlatform, type Platform } from "./platform.ts";
import { grants, type Role } from "./roles.ts";

let platform: Platform;
const targets: Partial<Record<ContractName, string>> = {};
const callers: Partial<Record<Role, string>> = {};

beforeAll(async () => {
  platform = await createPlatform();
  const { addresses, signers } = platform;
  targets.SecurityToken = await platform.createIssue(id("issue"));
  targets.HolderRegistry = addresses.holderRegistry;
  targets.TokenFactory = addresses.tokenFactory;
  targets.Settlement = addresses.settlement;
  targets.RegisterAnchor = addresses.registerAnchor;
  const { admin, registrar, enforcer, agent, issuer } = signers;
  Object.assign(callers, {
    admin,
    registrar,
    enforcer,
    agent,
    issuer,
    broker: signers.brokers[0],
    stranger: signers.others[0],
  });
}, 60_000);

describe("every function, every role: denied unless granted", () => {
  for (const [name, byRole] of Object.entries(grants) as [ContractName, Record<string, string[]>][]) {
    test(name, async () => {
      const writes = contractInterface(name).fragments.filter(
        (fragment): fragment is FunctionFragment =>
          fragment.type === "function" && !(fragment as FunctionFragment).constant,
      );
      const listed = Object.values(byRole).flat();
      expect(writes.map((fn) => fn.name).sort()).toEqual([...listed].sort());
      for (const fn of writes) {
        if (byRole.checked?.includes(fn.name)) continue;
        for (const [role, from] of Object.entries(callers)) {
          const denied = await isDenied(name, fn, from);
          expect(denied, `${name}.${fn.name} by ${role}`).toBe(!byRole[role]?.includes(fn.name));
        }
      }
    });
  }

  test("a stranger changes no authority and writes no record", async () => {
    for (const name of Object.keys(grants) as ContractName[]) {
      const fn = contractInterface(name).getFunction("setAuthority")!;
      for (const from of Object.values(callers)) expect(await isDenied(name, fn, from)).toBe(true);
    }
    const setRecords = contractInterface("HolderRegistry").getFunction("setRecords")!;
    for (const [role, from] of Object.entries(callers)) {
      expect(await isDenied("HolderRegistry", setRecords, from), role).toBe(
        role !== "registrar" && role !== "broker",
      );
    }
  });
});

async function isDenied(name: ContractName, fn: FunctionFragment, from: string): Promise<boolean> {
  const codec = contractInterface(name);
  const data = codec.encodeFunctionData(fn, fn.inputs.map(emptyOf));
  try {
    await platform.request("eth_call", [{ from, to: targets[name], data }, "latest"]);
    return false;
  } catch (error) {
    const revert = (error as { data?: string }).data ?? "0x";
    return revert.startsWith(
      contractInterface("AccessManager").getError("AccessManagedUnauthorized")?.selector ?? unauthorized,
    );
  }
}

const unauthorized = id("AccessManagedUnauthorized(address)").slice(0, 10);

function emptyOf(type: ParamType): unknown {
  if (type.baseType === "array") return [];
  if (type.baseType === "tuple") return type.components!.map(emptyOf);
  if (type.type === "string") return "";
  if (type.type === "bytes") return "0x";
  if (type.type === "bool") return false;
  if (type.type.startsWith("bytes")) return `0x${"00".repeat(Number(type.type.slice(5)))}`;
  return type.type === "address" ? `0x${"0".repeat(40)}` : 0;
}

test("docs/contracts.md names every function that changes state", () => {
  const docs = readFileSync(new URL("../../docs/contracts.md", import.meta.url), "utf8");
  const functions = Object.values(grants).flatMap((byRole) => Object.values(byRole).flat());
  expect(functions.filter((fn) => !docs.includes(`\`${fn}\``))).toEqual([]);
});
