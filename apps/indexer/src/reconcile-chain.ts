import { setTimeout as sleep } from "node:timers/promises";
import { askAgain } from "@genbo/chain/ask-again";
import { quantity } from "@genbo/chain/hex";
import { selectorOf } from "@genbo/chain/keccak";
import { callsPerRequestMax, type Rpc, type RpcCall } from "@genbo/chain/rpc";
import type { ReconciledState } from "@genbo/database/reconcile-read";
import type { Difference } from "@genbo/database/reconciliations";

/** One view of the token, and what the register says it must answer. */
interface Question {
  what: string;
  account: string | null;
  data: string;
  register: string;
}

/** The node has forgotten the state of the block that was asked about. */
export class StateForgotten extends Error {
  override readonly name = "StateForgotten";
}

const word = (value: number | bigint): string => `0x${value.toString(16).padStart(64, "0")}`;
const view = (signature: string, account?: string): string =>
  `0x${selectorOf(signature)}${account === undefined ? "" : account.slice(2).padStart(64, "0")}`;

function* questionsOf(state: ReconciledState): Generator<Question> {
  yield { what: "seq", account: null, data: view("seq()"), register: word(state.seq) };
  yield { what: "head", account: null, data: view("head()"), register: state.head };
  yield { what: "totalSupply", account: null, data: view("totalSupply()"), register: word(state.units) };
  for (const { account, units, encumbered, frozen } of state.holdings) {
    yield { what: "balanceOf", account, data: view("balanceOf(address)", account), register: word(units) };
    const free = units - encumbered - frozen;
    const register = word(free < 0n ? 0n : free);
    yield { what: "freeUnits", account, data: view("freeUnits(address)", account), register };
  }
}

/** Pauses between requests, so that the node and the register's own process keep up with new blocks. */
const pauseMs = 5;

/**
 * Head, number, sum, every balance and what of it is free, at the state's block. A difference is asked about again.
 * @throws StateForgotten
 */
export async function compareWithChain(
  rpc: Rpc,
  token: string,
  state: ReconciledState,
): Promise<Difference[]> {
  let open = [...questionsOf(state)];
  return askAgain(
    async () => {
      const asked = open;
      const differences: Difference[] = [];
      open = [];
      for (let at = 0; at < asked.length; at += callsPerRequestMax) {
        const part = asked.slice(at, at + callsPerRequestMax);
        for (const [index, answer] of (await ask(rpc, token, state.block, part)).entries()) {
          const question = part[index]!;
          if (answer === question.register) continue;
          open.push(question);
          differences.push(differenceOf(question, answer));
        }
        await sleep(pauseMs);
      }
      return differences;
    },
    ({ length }) => length === 0,
  );
}

async function ask(
  rpc: Rpc,
  token: string,
  block: number,
  questions: readonly Question[],
): Promise<string[]> {
  const calls = questions.map(
    ({ data }): RpcCall => ({ method: "eth_call", params: [{ to: token, data }, quantity(block)] }),
  );
  const outcomes = await rpc.batch(calls);
  return outcomes.map((outcome) => {
    if ("error" in outcome) throw new StateForgotten(outcome.error.message);
    return String(outcome.result);
  });
}

const differenceOf = ({ what, account, register }: Question, answer: string): Difference => {
  const shown = (value: string) => (what === "head" || value === "0x" ? value : BigInt(value).toString());
  return { what, account, register: shown(register), other: shown(answer) };
};
