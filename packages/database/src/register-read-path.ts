import { leafOf, levelsOf, pathOf, rootOf } from "@genbo/register/merkle";
import type { Queryable } from "./connection.ts";
import { registerPage } from "./register-read.ts";
import type { StateOf } from "./register-read-position.ts";

const pageRows = 2_000;

/** Where one holding stands among all of an issue, without showing the others. */
export interface MerklePath {
  root: string;
  /** Siblings from the leaf up to the root. */
  path: string[];
}

/** The Merkle path of an account's holding as of a position; undefined where it has none. */
export async function merklePathOf(
  db: Queryable,
  at: StateOf,
  account: string,
): Promise<MerklePath | undefined> {
  const leaves: string[] = [];
  let index = -1;
  for (let after: string | null = ""; after !== null; ) {
    const page = await registerPage(db, at, { after, limit: pageRows });
    for (const row of page.rows) {
      if (row.account === account) index = leaves.length;
      leaves.push(leafOf(row));
    }
    after = page.next;
  }
  if (index < 0) return undefined;
  const levels = levelsOf(leaves);
  return { root: rootOf(levels), path: pathOf(levels, index) };
}
