/** Every limit at the edge of the API, each with its reason. */

/** An ordinary request is a few hundred bytes; issue terms with long Japanese texts stay below this. */
export const bodyBytesMax = 262_144;
/** 5,000 investors of about 350 bytes each. Below 2 MB, so that a larger body is always refused. */
export const bulkBodyBytesMax = 1_900_000;
/** Rows of one bulk request: one SQL transaction of about a second, ten chain batches of 500. */
export const bulkRowsMax = 5_000;
/** One page is one round trip and one JSON text of at most about 1 MB. */
export const pageRowsMax = 1_000;
export const pageRowsDefault = 100;
/** A name or address line; the longest registered company name of Japan has 137 characters. */
export const lineCharsMax = 200;
/** A statutory item of an issue's terms. */
export const clauseCharsMax = 4_000;
/** An Idempotency-Key: a UUID has 36. */
export const idempotencyKeyCharsMax = 128;
/**
 * How long an Idempotency-Key stands for its first answer: a repeat after the longest run of bank holidays, and after the
 * end of the month at which a broker compares its books, is still known. A later one is a new command.
 */
export const idempotencyDays = 30;
/** Row errors named in one answer; the first ones are enough to correct a file. */
export const rowErrorsMax = 1_000;
/** Heirs of one succession: their moves go in one transaction of the chain. */
export const heirsMax = 40;
/** Legs of one settlement: the Settlement contract takes no more. */
export const legsMax = 16;
/** Documents of one case. */
export const documentsMax = 50;
/** Entries of one certificate, about 300 bytes each: an account with more asks as of an earlier day. */
export const certificateEntriesMax = 10_000;
/** Accounts of one holder in one certificate; more are certified one by one. */
export const certificateAccountsMax = 50;
/** Cells of an export that CP932 cannot hold, named in its answer: enough to see which customers they are of. */
export const exportUnmappedMax = 1_000;
/** How long a read with `minBlock` waits for the register before it answers REGISTER_BEHIND. */
export const minBlockWaitMsMax = 2_000;
/** A transfer request that names no expiry can be approved until this many days after its settlement date. */
export const requestDaysDefault = 30;
/**
 * A trade or settlement lies at most so many days before or after today: a late entry of last year's trade and the
 * longest usual forward settlement fit, a slip of the year or the century does not.
 */
export const tradeDaysMax = 366;

/**
 * Rows that may wait for the chain. While it has halted the platform goes on accepting up to here: several minutes of
 * the highest load, half a gigabyte of rows, and worked off within some minutes of the first block.
 */
export const outboxRowsMax = 500_000;
/** Of these kept for legal acts: room for what a court or an authority has ordered. */
export const outboxLegalRows = 25_000;
/** Requests that one process works on at once: about half a second's. With more, each would only wait longer. */
export const requestsUnderWayMax = 1_000;
/** Of these one party's: whoever opens a thousand downloads and reads none turns nobody else away. */
export const requestsOfPartyMax = 500;
/**
 * Exports that one party has ordered and that are not rendered yet. They are rendered one at a time, each party's first
 * before anybody's second.
 */
export const exportsWaitingMax = 20;

/** Requests a minute for one key (or one address when there is no key). Named, so that a route says which it takes. */
export const rateLimits = {
  /** Status, problem pages, certificates: no key. */
  open: 600,
  /** The reference page and its files: a reader of it must not use up what others behind the same address have. */
  docs: 600,
  read: 30_000,
  /** Single writes: one broker may send 5,000 a second. */
  write: 300_000,
  /** Files of up to 5,000 rows. */
  bulk: 600,
  /** Parties, keys, the sandbox clock. */
  admin: 600,
} as const;
export type RateLimit = keyof typeof rateLimits;
