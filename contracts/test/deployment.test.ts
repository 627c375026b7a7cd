import { type ContractName, codeHash, contractInterface } from "@genbo/chain/abi";
import { deploymentPlan, grantRole, issuerRole, roles, tokenAddress } from "@genbo/chain/deployment";
import { refusals } from "@genbo/domain/refusals";
import { id } from "ethers";
import { network } from "hardhat";
import { beforeAll, describe, expect, test } from "vitest";
import { buildContracts } from "../../scripts/contracts/build.ts";

describe("the deployment plan on a Berlin chain", () => {
  let connection: Awaited<ReturnType<typeof connect>>;
  const connect = async () => (await network.create("berlin")).provider;
  let accounts: string[];

  const send = async (from: string, call: { to: string | null; data: string; nonce?: number }) => {
    const { to, data, nonce } = call;
    const transaction = {
      from,
      data,
      ...(to ? { to } : {}),
      ...(nonce === undefined ? {} : { nonce: `0x${nonce.toString(16)}` }),
    };
    const hash = await connection.request({ method: "eth_sendTransaction", params: [transaction] });
    return (await connection.request({ method: "eth_getTransactionReceipt", params: [hash] })) as Record<
      string,
      string
    >;
  };

  beforeAll(async () => {
    await buildContracts();
    connection = await connect();
    accounts = (await connection.request({ method: "eth_accounts" })) as string[];
  });

  test("yields the addresses it names, a token included", async () => {
    const [admin, registrar] = accounts as [string, string];
    const plan = deploymentPlan(admin);
    for (const transaction of plan.transactions) {
      const receipt = await send(admin, transaction);
      expect(receipt.status).toBe("0x1");
      if (transaction.creates)
        expect(receipt.contractAddress?.toLowerCase()).toBe(transaction.creates.toLowerCase());
    }
    await send(admin, grantRole(plan.addresses, roles.registrar, registrar));
    const ref = id("issue");
    const terms = [ref, "Issue", "ST", 1453n, 0n, id("terms"), issuerRole(0n)];
    const data = contractInterface("TokenFactory").encodeFunctionData("createIssue", [terms]);
    await send(registrar, { to: plan.addresses.tokenFactory, data });
    const token = tokenAddress(plan.addresses, ref);
    const codeAt = async (address: string) =>
      (await connection.request({ method: "eth_getCode", params: [address, "latest"] })) as string;
    expect(await codeAt(token), "a token has its implementation's code, immutables included").toBe(
      await codeAt(plan.addresses.securityToken),
    );
    for (const [name, address] of Object.entries({
      SecurityToken: token,
      HolderRegistry: plan.addresses.holderRegistry,
    })) {
      expect(codeHash(name as ContractName, await codeAt(address))).toBe(codeHash(name as ContractName));
    }
  });

  test("the contract names the codes as the table of refusals does", async () => {
    const codec = contractInterface("SecurityToken");
    const { addresses } = deploymentPlan(accounts[0]!);
    for (const { number, code } of refusals.filter(({ number }) => number < 40)) {
      const data = codec.encodeFunctionData("messageForTransferRestriction", [number]);
      const answer = (await connection.request({
        method: "eth_call",
        params: [{ to: addresses.securityToken, data }, "latest"],
      })) as string;
      expect(codec.decodeFunctionResult("messageForTransferRestriction", answer)[0]).toBe(code);
    }
  });
});
