import { readFileSync } from "node:fs";
import { getBytes, hexlify, Interface, type JsonFragment, keccak256 } from "ethers";

export type ContractName =
  | "AccessManager"
  | "CashToken"
  | "HolderRegistry"
  | "CorporateActs"
  | "LegalActs"
  | "RegisterAnchor"
  | "SecurityToken"
  | "Settlement"
  | "TokenFactory";

/** What the compiler made of one contract (a SecurityToken's abi holds LegalActs' and CorporateActs' functions too); `immutables` are the byte ranges that a deployment fills in, named as in the source. */
export interface ContractArtifact {
  abi: JsonFragment[];
  bytecode: string;
  deployedBytecode: string;
  immutables: { name: string; start: number; length: number }[];
}

export interface ContractsFile {
  inputHash: string;
  contracts: Record<ContractName, ContractArtifact>;
}

const file = new URL("./generated/contracts.json", import.meta.url);
let loaded: ContractsFile | undefined;
const interfaces = new Map<ContractName, Interface>();

/** The compiled contracts. Throws when `scripts/contracts/build.ts` has not run yet. */
export function contractsFile(): ContractsFile {
  if (!loaded) {
    try {
      loaded = JSON.parse(readFileSync(file, "utf8")) as ContractsFile;
    } catch (cause) {
      throw new Error("contracts are not compiled; run node scripts/contracts/build.ts", { cause });
    }
  }
  return loaded;
}

export function contractArtifact(name: ContractName): ContractArtifact {
  return contractsFile().contracts[name];
}

/** The ethers codec of a contract, made once. */
export function contractInterface(name: ContractName): Interface {
  let codec = interfaces.get(name);
  if (!codec) {
    codec = new Interface(contractArtifact(name).abi);
    interfaces.set(name, codec);
  }
  return codec;
}

/**
 * keccak256 of deployed code with its immutables zeroed: equal for every deployment of the same source.
 * @param code what the node answers for the address; by default what the compiler made
 */
export function codeHash(name: ContractName, code = contractArtifact(name).deployedBytecode): string {
  const bytes = getBytes(code);
  for (const { start, length } of contractArtifact(name).immutables) bytes.fill(0, start, start + length);
  return keccak256(hexlify(bytes));
}
