import { contractInterface } from "@genbo/chain/abi";
import { refusalOfError } from "@genbo/domain/refusals";
import type { Receipt } from "../platform.ts";
import { Draws } from "./draws.ts";

/** Sends each act to the contract and holds the outcome against the model's. */
export class Referee extends Draws {
  async compareState(): Promise<void> {
    // A refused act that reverts makes no block, so the chain's clock would stand behind the model's.
    await this.tick(0);
    await this.platform.request("evm_mine", []);
    const { model } = this;
    const read = async (fn: string, ...args: unknown[]) =>
      (await this.platform.read("SecurityToken", this.token, fn, args))[0];
    equal("supply", await read("totalSupply"), model.supply);
    equal("seq", await read("seq"), model.seq);
    equal("head", await read("head"), model.head);
    if (model.policy.tracked) equal("holders", await read("holderCount"), BigInt(model.holders()));
    for (const wallet of this.wallets) {
      equal(`balance of ${wallet}`, await read("balanceOf", wallet), model.balance(wallet));
      equal(`free units of ${wallet}`, await read("freeUnits", wallet), model.free(wallet));
      equal(
        `frozen units of ${wallet}`,
        await read("getFrozenTokens", wallet),
        model.frozen.get(wallet) ?? 0n,
      );
    }
    for (const ref of this.refs) {
      const hold = model.holds.get(ref);
      if (!hold) continue;
      const onChain = await read("holdOf", ref);
      equal(`state of ${ref}`, Number(onChain.state), { open: 1, accepted: 2, closed: 3 }[hold.state]);
      if (hold.state !== "closed")
        equal(
          `hold ${ref}`,
          [onChain.units, onChain.to, onChain.account],
          [hold.units, hold.to, hold.account],
        );
      equal(`claim of ${ref}`, await read("claimOf", ref), hold.claim);
    }
    const [from, to, units] = [this.account(), this.account(), this.units()];
    const codes = [...model.failing(from, to, units), ...model.needsRequest()];
    equal(
      "pre-check",
      Number(await read("detectTransferRestriction", from, to, units)),
      Math.min(...codes, 255) % 255,
    );
    const all = model.failing(from, to, units).reduce((set, code) => set | (1n << BigInt(code)), 0n);
    equal("failing rules", await read("failingRules", from, to, units), all);
  }

  protected async tick(seconds: number): Promise<void> {
    this.model.now += 1 + seconds;
    await this.platform.request("evm_setNextBlockTimestamp", [this.model.now]);
  }

  protected batch = (from: string, fn: string, rows: readonly unknown[], codes: number[]) =>
    this.send(from, fn, [rows, false], codes);

  protected async send(from: string, fn: string, args: readonly unknown[], codes: number[]): Promise<void> {
    const receipt = await this.platform.send(from, "SecurityToken", this.token, fn, [...args]);
    const refusals = logsOf(receipt, "Rejected").map(({ args }) => [Number(args.row), Number(args.code)]);
    equal(
      `${fn}: refusals`,
      refusals,
      codes.flatMap((code, row) => (code === 0 ? [] : [[row, code]])),
    );
    this.compareEntries(fn, receipt);
    for (const code of codes) this.count(code);
  }

  protected async single(from: string, fn: string, args: unknown[], code: number): Promise<void> {
    await this.ends(fn, code, async () =>
      this.compareEntries(fn, await this.platform.send(from, "SecurityToken", this.token, fn, args)),
    );
  }

  /** @param act is done, or reverts with the code */
  protected async ends(fn: string, code: number, act: () => Promise<unknown>): Promise<void> {
    let outcome = 0;
    try {
      await act();
    } catch (error) {
      if (!isRevert(error)) throw error;
      outcome = codeOf(error.data);
    }
    equal(`${fn}: code`, outcome, code);
    this.count(code);
  }

  protected compareEntries(fn: string, receipt: Receipt): void {
    const made = logsOf(receipt, "Entry").map(({ args }) => ({
      fromUnits: args.fromUnits as bigint,
      toLine: args.toLine as bigint,
      ref: args.ref as string,
      data: BigInt(args.data as string),
    }));
    const expected = this.model.drain().map(({ kind, basis, units, from, to, ref, data }) => ({
      fromUnits: (BigInt(from) << 96n) | units,
      toLine: (BigInt(to) << 96n) | BigInt((basis << 8) | kind),
      ref,
      data,
    }));
    equal(`${fn}: entries`, made, expected);
    const last = logsOf(receipt, "Entry").at(-1);
    if (last) equal(`${fn}: head`, last.args.head, this.model.head);
  }

  protected reach(combination: string): void {
    this.result.reached[combination] = (this.result.reached[combination] ?? 0) + 1;
  }

  protected count(code: number): void {
    this.result.calls++;
    this.result.codes[code] = (this.result.codes[code] ?? 0) + 1;
    if (code === 0) this.result.done++;
    else this.result.refused++;
  }
}

const codec = () => contractInterface("SecurityToken");

function logsOf(receipt: Receipt, name: string) {
  return receipt.logs.flatMap((log) => {
    const parsed = codec().parseLog(log);
    return parsed?.name === name ? [parsed] : [];
  });
}

function codeOf(data: string): number {
  const error = codec().parseError(data);
  if (error?.name === "Refused") return Number(error.args.code);
  return refusalOfError(error?.name ?? "")?.number ?? -1;
}

const isRevert = (error: unknown): error is { data: string } =>
  typeof error === "object" && error !== null && "data" in error && typeof error.data === "string";

function equal(what: string, chain: unknown, model: unknown): void {
  const text = (value: unknown) =>
    JSON.stringify(value, (_, item) => (typeof item === "bigint" ? `${item}` : item));
  if (text(chain) !== text(model))
    throw new Error(`${what}: the contract says ${text(chain)}, the model ${text(model)}`);
}
