import { afterAll } from "vitest";
import { type Market, openMarket } from "./market.ts";
import { type StackInProcess, type StackInProcessOptions, startStackInProcess } from "./stack-in-process.ts";

export interface MarketStack {
  stack: StackInProcess;
  market: Market;
}

/** A stack with a market for all tests of a file; it ends after the last of them. Await it at the top of the file. */
export async function startMarket(options: StackInProcessOptions = {}): Promise<MarketStack> {
  const stack = await startStackInProcess(options);
  afterAll(() => stack.stop());
  try {
    return { stack, market: await openMarket(stack) };
  } catch (error) {
    // No hook runs for a file that does not load.
    await stack.stop();
    throw error;
  }
}
