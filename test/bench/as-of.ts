import type { BenchContext } from "./context.ts";
import { type Figure, percentiles } from "./figure.ts";
import { asOfPageP99Ms } from "./goals.ts";
import { pageReader } from "./register-reads.ts";

const reads = 400;

/**
 * A page of the register as of a past instant, over HTTP, one request at a time.
 * Ceiling: the page's SELECT alone, on a connection of its own.
 */
export async function asOf(context: BenchContext): Promise<Figure[]> {
  const { stack, owner, trustee, issueId } = await context.platform();
  const reader = await pageReader({ stack, owner, secret: trustee.secret, issueId });
  try {
    const { overHttp, bare } = await reader.measure(reads);
    return percentiles("as-of-page", overHttp, bare, { p99: asOfPageP99Ms });
  } finally {
    await reader.close();
  }
}
