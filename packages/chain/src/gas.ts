import { type BatchCall, batchOverheadBytes, rowBytes } from "./calls.ts";

/**
 * A row that ends a request was measured to need 335,000 where eight attachments wait for its units, else 31,000. A sender
 * cannot tell which it is, and one such row must not refuse everybody's batch.
 */
const waitingGas = 420_000;

/**
 * Gas limit for each row of a call: what its dearest row was measured to take in a full batch (a new holder, tracked
 * persons; `test/gas.it.test.ts`), and a quarter more. It needs more than a receipt says, which is after refunds. Gas is
 * free on our chains, so a limit too high costs nothing but rows a transaction; one too low would refuse a whole batch.
 */
const rowGas: Record<BatchCall, number> = {
  issue: 78_000,
  redeem: 45_000,
  custodiedTransfer: 94_000,
  requestTransfers: 117_000,
  createDvpHolds: 117_000,
  acceptTransfers: 140_000, // moves the units at once where the policy wants no approval
  approveTransfers: 100_000,
  rejectTransfers: waitingGas,
  cancelTransfers: waitingGas,
  setRecords: 31_000,
};

/** What a batch takes before its first row: the transaction itself, roles, head and policy. */
const batchBaseGas = 200_000;

/** createIssue puts down a copy of the token's code and binds its roles, some 5,400,000; the other single calls write a slot or two. */
export const singleCallGas = 8_000_000;

/**
 * A legal act's limit. A row was measured to take 86,000 (a hold, or an order that breaks one and makes a holding), and
 * 221,000 where its release lets eight waiting attachments in (`test/legal-gas.it.test.ts`); 50 rows are the most.
 */
export const legalCallGas = (rows: number): number => 500_000 + rows * 250_000;

/**
 * An account or hold that a consolidation or split carries was measured to take 31,000 and 18,000 (`npm run gas`). An
 * account on which eight attachments wait, which nobody names, takes 246,000: 50 of those stay below what a call has for
 * 50 rows, with what it has for itself.
 */
export const carriedRowGas = 120_000;

/** Creating the largest of our contracts takes some 5,000,000. */
export const deploymentGas = 12_000_000;

/** No transaction of ours has more. EIP-7825 lets none have more than 2^24 on newer chains. */
export const transactionGasMax = 16_000_000;
/** GoQuorum takes transactions of at most 64 KB unless its genesis says otherwise; signature and fields are some 150 bytes. */
const transactionBytesMax = 65_000;
/** The contracts take no more (`MOST_ROWS`). */
const rowsMax = 500;

/** Gas limit of a batch of so many rows. */
export const batchGas = (call: BatchCall, rows: number): number => batchBaseGas + rows * rowGas[call];

/** How many rows of a call one transaction carries. */
export function batchRowsMax(call: BatchCall): number {
  const byGas = Math.floor((transactionGasMax - batchBaseGas) / rowGas[call]);
  const byBytes = Math.floor((transactionBytesMax - batchOverheadBytes) / rowBytes(call));
  return Math.min(rowsMax, byGas, byBytes);
}
