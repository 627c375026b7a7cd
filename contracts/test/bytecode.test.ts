import { type ContractName, contractArtifact, contractInterface, contractsFile } from "@genbo/chain/abi";
import { type FunctionFragment, getBytes } from "ethers";
import { beforeAll, describe, expect, test } from "vitest";
import { buildContracts } from "../../scripts/contracts/build.ts";

// Opcodes that a Berlin node does not know: BASEFEE, PUSH0 (Shanghai), TLOAD, TSTORE, MCOPY, BLOBHASH, BLOBBASEFEE.
const tooNew = new Map([
  [0x48, "BASEFEE"],
  [0x49, "BLOBHASH"],
  [0x4a, "BLOBBASEFEE"],
  [0x5c, "TLOAD"],
  [0x5d, "TSTORE"],
  [0x5e, "MCOPY"],
  [0x5f, "PUSH0"],
]);
const mostBytes = 24_576;

beforeAll(async () => {
  await buildContracts();
}, 60_000);

describe("every contract", () => {
  test("runs on Berlin and fits EIP-170", () => {
    for (const name of Object.keys(contractsFile().contracts) as ContractName[]) {
      const code = getBytes(contractArtifact(name).deployedBytecode);
      expect(code.length, name).toBeLessThan(mostBytes);
      expect(newOpcodes(code), name).toEqual([]);
    }
  });

  test("a scanner that finds nothing is no proof: it finds PUSH0 where there is one", () => {
    expect(newOpcodes(getBytes("0x605f5f48"))).toEqual(["PUSH0", "BASEFEE"]);
  });

  test("no selector of a token's three parts means two functions", () => {
    const functions = (["SecurityToken", "LegalActs", "CorporateActs"] as const).flatMap((name) =>
      contractInterface(name).fragments.filter((each) => each.type === "function"),
    ) as FunctionFragment[];
    const bySelector = new Map(functions.map((each) => [each.selector, each.format()]));
    expect(functions.filter((each) => bySelector.get(each.selector) !== each.format())).toEqual([]);
  });

  test("the token speaks every standard it claims", () => {
    const codec = contractInterface("SecurityToken");
    const spoken = [
      "transfer(address,uint256)",
      "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
    ];
    spoken.push("setFrozenTokens(address,uint256)", "canSend(address)", "canReceive(address)");
    spoken.push("forcedTransfer(address,address,uint256)", "canTransfer(address,address,uint256)");
    spoken.push("getFrozenTokens(address)", "detectTransferRestriction(address,address,uint256)");
    spoken.push("messageForTransferRestriction(uint8)", "supportsInterface(bytes4)", "DOMAIN_SEPARATOR()");
    for (const signature of spoken) expect(codec.getFunction(signature), signature).not.toBeNull();
  });
});

/** Opcodes newer than Berlin, push data skipped. */
function newOpcodes(code: Uint8Array): string[] {
  const found: string[] = [];
  for (let at = 0; at < code.length; at++) {
    const opcode = code[at]!;
    if (opcode >= 0x60 && opcode <= 0x7f) at += opcode - 0x5f;
    const name = tooNew.get(opcode);
    if (name) found.push(name);
  }
  return found;
}
