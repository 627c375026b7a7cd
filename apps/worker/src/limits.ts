/** A lane whose worker died is free after this time. */
export const leaseMs = 5_000;
/** A worker that stands still in the midst of a transaction lets go of its lane's row after this time. */
export const idleInTransactionMs = 2 * leaseMs;
/** Several renewals fit into a lease, so that one slow statement does not lose it. */
export const renewEveryMs = 1_000;

/** Transactions of one lane that may be in no block yet. geth guarantees 16 slots a sender (`txpool.accountslots`). */
export const windowMax = 16;
/**
 * Transactions of all lanes that may be in no block yet: a block of 800,000,000 gas holds 50 full ones. With more, a lone
 * transaction would wait for more than the next block behind those that came to the node before it.
 */
export const inFlightMax = 48;
/** Queued commands of each class looked at for one batch: those of a file that issues or transfers fill it… */
export const candidatesFirst = 250;
/** …and these are enough when several calls are mixed, or for the most rows of any call. */
export const candidatesMax = 1_000;
/** Streams looked at for one batch when all of the first ones wait for others. */
export const streamsTriedMax = 16;
/** Each so many-th turn of a lane goes to whoever waits longest, whatever the class. */
export const fairEvery = 4;
/** Commands that come within this time go out together. */
export const gatherMs = 5;
/**
 * A lane that has just sent waits this long before its next batch for each of its transactions that no block holds yet,
 * unless the batch was full: what comes meanwhile shares one transaction, and each costs some 10 ms of processor time over
 * all hops. Blocks that come once a second are filled by ten batches, not by thirty.
 */
export const paceMs = 30;
/** The wait grows no further than this: a tenth of a block period. */
export const paceMsMax = 120;
/** Notifications can be lost: the worker looks for itself as often as this. */
export const slowPollMs = 500;
/** …and as often as this while a lane is at work or full: nobody tells it of a block before the register has read it. */
export const roomPollMs = 100;
/** After a node did not answer. */
export const retryMs = 250;
/**
 * A transaction that is in no block after this time is sent again, to whichever node answers now. Several times the
 * block period; a node that has it already says so and nothing happens.
 */
export const resendAfterMs = 5_000;
/**
 * What a node has counted is believed when its newest block is no older than this by the database's clock. Blocks come
 * every second, empty ones on ibet for Fin every ten; a validator that is away costs some seconds, and clocks differ.
 */
export const headAgeMsMax = 30_000;
/** A head that the register has not passed in this time is looked for anew: the node may have made it up. */
export const lookAgainMs = 60_000;
/** How often the worker looks for such transactions. */
export const resendEveryMs = 1_000;
/** Open transactions listed at once, without their bytes. */
export const openBatchMax = 500;

/** How long a transaction of the local chain waits in its lane for those that others stored before it… */
export const othersWaitMs = 40;
/** …and how often it looks whether they have gone. */
export const othersLookMs = 4;
/** The local chain makes a block a few milliseconds after a broadcast, so that what is sent together lies in it together… */
export const mineDelayMs = 5;
/** …and at most ten a second, because a block costs more the larger the state is. */
export const mineEveryMs = 100;

/** Audit rows wait this long at most to be sealed. */
export const sealEveryMs = 1_000;
/** After a node did not give what the manifest of the contracts is made of. */
export const manifestRetryMs = 60_000;
