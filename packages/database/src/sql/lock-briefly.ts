import { setTimeout as sleep } from "node:timers/promises";
import { sqlState, type Transaction } from "./connection.ts";

/** A reader that waits behind us waits no longer than this. Shorter than deadlock_timeout (1 s), so that we give way. */
const readersWaitMsMax = 300;
const tries = 40;
const pauseMs = 250;
const lockNotAvailable = "55P03";

/** Somebody has held a table for longer than we let others wait, again and again. */
class TableInUse extends Error {
  override readonly name = "TableInUse";
}

/** No statement of this transaction waits for a lock for longer than readers may. */
export const waitBriefly = async (tx: Transaction): Promise<void> =>
  void (await tx.query(`set local lock_timeout = ${readersWaitMsMax}`));

/** Runs `act`, a transaction that locks tables for a moment, again until nobody is in its way. @throws TableInUse */
export async function patiently<T>(act: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await act();
    } catch (error) {
      if (sqlState(error) !== lockNotAvailable) throw error;
      if (tried === tries)
        throw new TableInUse(
          "Somebody uses the register's tables in one long transaction (a dump, perhaps). Try again when it has ended.",
        );
      await sleep(pauseMs);
    }
  }
}
