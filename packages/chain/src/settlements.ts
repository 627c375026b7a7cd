import type { Word } from "@genbo/domain/words";
import { AbiCoder, keccak256 } from "ethers";

/** What a leg moves, as the Settlement contract numbers it. */
export const legKinds = { UNITS: 1, CASH: 2, BANK: 3 } as const;

export interface InstructionLeg {
  kind: number;
  /** The security token or the cash token; zero for a bank transfer. */
  asset: string;
  from: string;
  to: string;
  /** Units or yen, decimal. */
  amount: string;
}

/** All terms of a settlement, in the form in which commands carry them (contracts/interfaces/ISettlement.sol). */
export interface Instruction {
  ref: Word;
  /** Unix seconds. */
  deadline: number;
  legs: readonly InstructionLeg[];
}

const coder = AbiCoder.defaultAbiCoder();
const legType = "tuple(uint8 kind,address asset,address from,address to,uint256 amount)";
const instructionType = `tuple(bytes32 ref,uint64 deadline,${legType}[] legs)`;

/** The id under which the Settlement contract knows exactly these terms: its `idOf`. */
export function instructionIdOf(chainId: number, settlement: string, instruction: Instruction): Word {
  const types = ["uint256", "address", instructionType];
  return keccak256(coder.encode(types, [chainId, settlement, instruction]));
}

/** The id that the DvP hold of a leg must bear: the contract's `legIdOf`. */
export const legIdOf = (instructionId: Word, leg: number): Word =>
  keccak256(coder.encode(["bytes32", "uint256"], [instructionId, leg]));
