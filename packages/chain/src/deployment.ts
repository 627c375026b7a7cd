import { concat, getCreate2Address, getCreateAddress, keccak256 } from "ethers";
import { type ContractName, contractArtifact, contractInterface } from "./abi.ts";

/** Role ids in the AccessManager; an issuer party n has the role `issuerRole(n)`. */
export const roles = { admin: 0n, registrar: 1n, broker: 2n, enforcer: 3n, settlementAgent: 4n } as const;

/** The role that may issue and redeem an issuer party's tokens. @param party its number, from 0 */
export const issuerRole = (party: bigint): bigint => 1000n + party;

export interface Addresses {
  accessManager: string;
  holderRegistry: string;
  /** The second half of every token's code. */
  legalActs: string;
  /** Its third part. */
  corporateActs: string;
  /** The implementation, whose code every issue's token has a copy of. */
  securityToken: string;
  tokenFactory: string;
  settlement: string;
  registerAnchor: string;
}

/** An unsigned call; a creation has no `to`. */
export interface UnsignedCall {
  step: string;
  to: string | null;
  data: string;
}

export interface PlannedTransaction extends UnsignedCall {
  nonce: number;
  /** The address this creation yields. */
  creates?: string;
}

export interface DeploymentPlan {
  addresses: Addresses;
  /** The sandbox's yen; null elsewhere. */
  cashToken: string | null;
  transactions: PlannedTransaction[];
}

/**
 * The transactions that deploy the platform, in order, and the addresses they yield: the creations, then the
 * wiring. The factory becomes an administrator so that it can bind each new token's functions to their roles.
 * Pure: the same admin and nonce give the same plan, so a deployment that was cut off goes on where it stopped.
 * @param admin signs all of them and holds the admin role, which has no power over units
 * @param sandbox adds yen backed by nothing, which only the local profile has
 */
export function deploymentPlan(admin: string, firstNonce = 0, sandbox = false): DeploymentPlan {
  const at = (index: number) => getCreateAddress({ from: admin, nonce: firstNonce + index });
  const addresses: Addresses = {
    accessManager: at(0),
    holderRegistry: at(1),
    corporateActs: at(2),
    legalActs: at(3),
    securityToken: at(4),
    tokenFactory: at(5),
    settlement: at(6),
    registerAnchor: at(7),
  };
  const {
    accessManager,
    holderRegistry,
    corporateActs,
    legalActs,
    securityToken,
    tokenFactory,
    settlement,
    registerAnchor,
  } = addresses;
  const calls: UnsignedCall[] = [
    creation("AccessManager", [admin]),
    creation("HolderRegistry", [accessManager]),
    creation("CorporateActs", [accessManager, holderRegistry]),
    creation("LegalActs", [accessManager, holderRegistry, corporateActs]),
    creation("SecurityToken", [accessManager, holderRegistry, legalActs]),
    creation("TokenFactory", [accessManager, securityToken]),
    creation("Settlement", [accessManager]),
    creation("RegisterAnchor", [accessManager]),
    grantRole(addresses, roles.admin, tokenFactory),
    bindFunctions(addresses, "TokenFactory", tokenFactory, ["createIssue"], roles.registrar),
    bindFunctions(addresses, "Settlement", settlement, ["attest"], roles.settlementAgent),
    bindFunctions(addresses, "RegisterAnchor", registerAnchor, ["anchor"], roles.registrar),
  ];
  // After all others, so that their addresses are the same with and without it.
  const cashToken = sandbox ? at(calls.length) : null;
  if (cashToken !== null) {
    calls.push(
      creation("CashToken", [accessManager]),
      bindFunctions(addresses, "CashToken", cashToken, ["admit", "mint"], roles.settlementAgent),
    );
  }
  const transactions = calls.map((call, index) => ({
    ...call,
    nonce: firstNonce + index,
    ...(call.to === null ? { creates: at(index) } : {}),
  }));
  return { addresses, cashToken, transactions };
}

/** Gives `account` a role at once. Sent by the admin. */
export function grantRole(addresses: Addresses, role: bigint, account: string): UnsignedCall {
  const data = contractInterface("AccessManager").encodeFunctionData("grantRole", [role, account, 0]);
  return { step: `grant role ${role} to ${account}`, to: addresses.accessManager, data };
}

/** Lets `signer` act for the accounts of a custodian (0: of nobody). Sent by the admin. */
export function setCustodian(addresses: Addresses, signer: string, custodianId: number): UnsignedCall {
  const data = contractInterface("HolderRegistry").encodeFunctionData("setCustodian", [signer, custodianId]);
  return { step: `${signer} acts for custodian ${custodianId}`, to: addresses.holderRegistry, data };
}

/** The address of an issue's token, known before it is created. @param ref 32 bytes, the id */
export function tokenAddress(addresses: Addresses, ref: string): string {
  const { securityToken, tokenFactory } = addresses;
  // What the factory runs to answer with the implementation's code: see TokenFactory.sol.
  const initCode = concat(["0x73", securityToken, "0x3b803d3d73", securityToken, "0x3c3df3"]);
  return getCreate2Address(tokenFactory, ref, keccak256(initCode));
}

function creation(name: ContractName, args: string[]): UnsignedCall {
  const data = concat([contractArtifact(name).bytecode, contractInterface(name).encodeDeploy(args)]);
  return { step: `create ${name}`, to: null, data };
}

function bindFunctions(
  addresses: Addresses,
  name: ContractName,
  target: string,
  functions: string[],
  role: bigint,
): UnsignedCall {
  const selectors = functions.map((fn) => contractInterface(name).getFunction(fn)!.selector);
  const manager = contractInterface("AccessManager");
  const data = manager.encodeFunctionData("setTargetFunctionRole", [target, selectors, role]);
  return { step: `bind ${functions.join(", ")} to role ${role}`, to: addresses.accessManager, data };
}
