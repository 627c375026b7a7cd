import { setTimeout as sleep } from "node:timers/promises";
import { contractInterface } from "@genbo/chain/abi";
import { askAgain } from "@genbo/chain/ask-again";
import { createBlockReader } from "@genbo/chain/blocks";
import { quantity } from "@genbo/chain/hex";
import { selectorOf } from "@genbo/chain/keccak";
import { callsPerRequestMax, type Rpc, type RpcCall } from "@genbo/chain/rpc";
import type { ReconciledState } from "@genbo/database/reconcile/reconcile-read";
import type { Difference } from "@genbo/database/reconcile/reconciliations";
import { anchorKinds } from "@genbo/domain/anchors";
import { dayOfIso } from "@genbo/domain/jst";
import type { DifferenceKind } from "@genbo/domain/reconciliation";
import { uintWord } from "@genbo/domain/words";

/** One view of a contract, and what the register says it must answer. */
interface Question {
  what: DifferenceKind;
  account: string | null;
  to: string;
  data: string;
  register: string;
  /** The answer in the register's words; by default as it is. */
  read?(answer: string): string;
}

/** The contracts that are asked. */
export interface Contracts {
  token: string;
  anchor: string;
}

/** The node has forgotten the state of the block that was asked about, or its chain has another block there. */
export class StateForgotten extends Error {
  override readonly name = "StateForgotten";
}

const view = (signature: string, account?: string): string =>
  `0x${selectorOf(signature)}${account === undefined ? "" : account.slice(2).padStart(64, "0")}`;

function* questionsOf(state: ReconciledState, { token: to, anchor }: Contracts): Generator<Question> {
  const account = null;
  yield { what: "seq", account, to, data: view("seq()"), register: uintWord(state.seq) };
  yield { what: "head", account, to, data: view("head()"), register: state.head };
  yield { what: "totalSupply", account, to, data: view("totalSupply()"), register: uintWord(state.units) };
  for (const { account, units, encumbered, frozen } of state.holdings) {
    yield {
      what: "balanceOf",
      account,
      to,
      data: view("balanceOf(address)", account),
      register: uintWord(units),
    };
    const free = units - encumbered - frozen;
    const register = uintWord(free < 0n ? 0n : free);
    yield { what: "freeUnits", account, to, data: view("freeUnits(address)", account), register };
  }
  yield* anchorQuestions(state, anchor);
}

/** Every root that the contract keeps of a day must have been read, and no other. */
function* anchorQuestions({ issueRef, anchors }: ReconciledState, to: string): Generator<Question> {
  const codec = contractInterface("RegisterAnchor");
  const textOf = (kind: number, day: string, roots: readonly string[]) =>
    `${kind === anchorKinds.DAY_CLOSE ? "close" : "record date"} ${day}: ${roots.join(", ") || "no root"}`;
  for (const { kind, day, roots } of anchors)
    yield {
      what: "anchors",
      account: null,
      to,
      register: textOf(kind, day, roots),
      data: codec.encodeFunctionData("anchorsOf", [issueRef, kind, dayOfIso(day)]),
      read: (answer) => {
        if (answer === "0x") return "no contract";
        const [found] = codec.decodeFunctionResult("anchorsOf", answer) as unknown as [{ root: string }[]];
        return textOf(
          kind,
          day,
          found.map(({ root }) => root),
        );
      },
    };
}

/** Pauses between requests, so that the node and the register's own process keep up with new blocks. */
const pauseMs = 5;

/**
 * Head, number, sum, every balance and what of it is free, and the roots that are anchored, at the state's block. A
 * difference is asked about again.
 * @throws StateForgotten also when the answers may be those of another block under the same number
 */
export async function compareWithChain(
  rpc: Rpc,
  contracts: Contracts,
  state: ReconciledState,
): Promise<Difference[]> {
  let open = [...questionsOf(state, contracts)];
  const differences = await askAgain(
    async () => {
      const asked = open;
      const differences: Difference[] = [];
      open = [];
      for (let at = 0; at < asked.length; at += callsPerRequestMax) {
        const part = asked.slice(at, at + callsPerRequestMax);
        for (const [index, answer] of (await ask(rpc, state.block, part)).entries()) {
          const question = part[index]!;
          if ((question.read?.(answer) ?? answer) === question.register) continue;
          open.push(question);
          differences.push(differenceOf(question, answer));
        }
        await sleep(pauseMs);
      }
      return differences;
    },
    ({ length }) => length === 0,
  );
  if (!(await createBlockReader(rpc).has({ number: state.block, hash: state.hash })))
    throw new StateForgotten(`the chain has no such block ${state.block} any more`);
  return differences;
}

async function ask(rpc: Rpc, block: number, questions: readonly Question[]): Promise<string[]> {
  const calls = questions.map(
    ({ to, data }): RpcCall => ({ method: "eth_call", params: [{ to, data }, quantity(block)] }),
  );
  const outcomes = await rpc.batch(calls);
  return outcomes.map((outcome) => {
    if ("error" in outcome) throw new StateForgotten(outcome.error.message);
    return String(outcome.result);
  });
}

const differenceOf = ({ what, account, register, read }: Question, answer: string): Difference => {
  if (read !== undefined) return { what, account, register, other: read(answer) };
  const shown = (value: string) => (what === "head" || value === "0x" ? value : BigInt(value).toString());
  return { what, account, register: shown(register), other: shown(answer) };
};
