import { type ContractName, contractInterface } from "@genbo/chain/abi";
import {
  type Addresses,
  deploymentPlan,
  grantRole,
  issuerRole,
  roles,
  setCustodian,
  tokenAddress,
  type UnsignedCall,
} from "@genbo/chain/deployment";
import type { Result } from "ethers";
import { network } from "hardhat";
import { buildContracts } from "../../scripts/contracts/build.ts";

export interface Log {
  address: string;
  topics: string[];
  data: string;
}

export interface Receipt {
  status: string;
  gasUsed: bigint;
  logs: Log[];
  contractAddress: string | null;
}

export interface Signers {
  admin: string;
  registrar: string;
  issuer: string;
  enforcer: string;
  agent: string;
  brokers: [string, string];
  others: string[];
}

/** An in-process Berlin chain with the platform deployed on it and one signer a role. */
export interface Platform {
  addresses: Addresses;
  signers: Signers;
  request<T>(method: string, params: unknown[]): Promise<T>;
  /** Sends a raw call; a revert throws with its data. */
  sendRaw(from: string, call: { to: string | null; data: string }): Promise<Receipt>;
  send(from: string, name: ContractName, to: string, fn: string, args: unknown[]): Promise<Receipt>;
  read(name: ContractName, to: string, fn: string, args?: unknown[]): Promise<Result>;
  /** Creates an issue's token and returns its address. */
  createIssue(ref: string, policy?: bigint, cap?: bigint): Promise<string>;
  /** Moves the clock of the next blocks. @param seconds unix time */
  setTime(seconds: number): Promise<void>;
}

export async function createPlatform(): Promise<Platform> {
  await buildContracts();
  const { provider } = await network.create("berlin");
  const request = <T>(method: string, params: unknown[]) =>
    provider.request({ method, params }) as Promise<T>;
  const accounts = await request<string[]>("eth_accounts", []);
  const [admin, registrar, issuer, enforcer, agent, first, second, ...others] = accounts as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    ...string[],
  ];
  const signers: Signers = { admin, registrar, issuer, enforcer, agent, brokers: [first, second], others };
  const { addresses, transactions } = deploymentPlan(admin);

  const sendRaw = async (
    from: string,
    { to, data }: { to: string | null; data: string },
  ): Promise<Receipt> => {
    const hash = await request<string>("eth_sendTransaction", [{ from, data, ...(to ? { to } : {}) }]);
    const receipt = await request<Receipt & { gasUsed: string }>("eth_getTransactionReceipt", [hash]);
    return { ...receipt, gasUsed: BigInt(receipt.gasUsed) };
  };
  const send: Platform["send"] = (from, name, to, fn, args) =>
    sendRaw(from, { to, data: contractInterface(name).encodeFunctionData(fn, args) });

  const appointments: UnsignedCall[] = [
    grantRole(addresses, roles.registrar, registrar),
    grantRole(addresses, roles.enforcer, enforcer),
    grantRole(addresses, roles.settlementAgent, agent),
    grantRole(addresses, issuerRole(0n), issuer),
    ...signers.brokers.flatMap((broker, index) => [
      grantRole(addresses, roles.broker, broker),
      setCustodian(addresses, broker, index + 1),
    ]),
  ];
  for (const call of [...transactions, ...appointments]) await sendRaw(admin, call);

  return {
    addresses,
    signers,
    request,
    sendRaw,
    send,
    async read(name, to, fn, args = []) {
      const codec = contractInterface(name);
      const data = codec.encodeFunctionData(fn, args);
      return codec.decodeFunctionResult(fn, await request<string>("eth_call", [{ to, data }, "latest"]));
    },
    async createIssue(ref, policy = 0n, cap = 10n ** 12n) {
      const terms = [ref, "Issue", "ST", cap, policy, ref, issuerRole(0n)];
      await send(registrar, "TokenFactory", addresses.tokenFactory, "createIssue", [terms]);
      return tokenAddress(addresses, ref);
    },
    async setTime(seconds) {
      await request("evm_setNextBlockTimestamp", [seconds]);
      await request("evm_mine", []);
    },
  };
}

/** A registry record, see IHolderRegistry. */
export function registryRecord(
  person: bigint,
  validUntil: bigint,
  custodian: bigint,
  classes = 8n,
  flags = 0n,
): string {
  const word =
    (person << 160n) |
    (classes << 144n) |
    (flags << 136n) |
    (validUntil << 96n) |
    (392n << 80n) |
    (custodian << 48n);
  return `0x${word.toString(16).padStart(64, "0")}`;
}

/** A wallet address from a small number. */
export const wallet = (index: number): string => `0x${(0x1000000 + index).toString(16).padStart(40, "0")}`;
