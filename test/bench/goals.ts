/**
 * What the figures should reach, each with its source. They are set for 2 cores with PostgreSQL, the chain and the
 * load on them; on any other machine the share of the ceiling is what counts.
 */

/** Single transfers accepted over REST (issue 6, "To reach"). */
export const acceptedPerS = 2_000;
/** … as a share of bare Fastify running the same statements (issue 6). */
export const acceptedShare = 0.9;
/** Single transfers from REST until they are entered (issue 6; the register's design: "Figures to reach"). */
export const transfersPerS = 600;
/** Rows of bulk requests until they are entered, as a share of the same batches presigned (issue 6). */
export const bulkShare = 0.8;
/** Batched records end to end (the register's design: "Figures to reach"). */
export const bulkRowsPerS = 1_500;
/** Investors with wallets in bulk, REST until they stand in the holder registry (issue 6). */
export const walletsPerS = 1_000;
/** Entries folded into the register from prepared blocks (issues 5 and 6). */
export const foldedPerS = 20_000;
/** Block until the register shows it, under load (issues 5 and 6). */
export const blockToRegisterP99Ms = 100;
/** A lone transfer on an idle system: entered after its block, and from request to entry beyond one block (issue 6). */
export const loneAfterBlockMs = 150;
export const loneBeyondBlockMs = 200;
/** A page of the register as of any past instant (issue 5). */
export const asOfPageP99Ms = 50;
/** The whole list of 100,000 holders (issue 5). */
export const fullListMs = 2_000;
/** Holders of which `fullListMs` speaks; the goal scales with them. */
export const fullListHolders = 100_000;
/** Single transfers and bulk rows, as so many times a sender of one transaction at a time (issue 6). */
export const singleTimes = 300;
export const bulkTimes = 10;
/** Blocks within which nearly every single transfer is entered at half load (issue 6). */
export const halfLoadBlocks = 3;
/** Worker and indexer at any size (issue 6). */
export const memoryMbMax = 300;
/** A transfer's cost at any size, as a share of what it costs at the least: what a busy machine blurs lies within. */
export const flatShare = 1.5;
/** The proof of one holder (issue 5). */
export const proofMs = 50;
/** The daily reconciliation of 100,000 holdings (issue 5). */
export const reconciledMs = 30_000;
export const reconciledHoldings = 100_000;
