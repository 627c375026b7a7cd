import type { Word } from "@genbo/domain/words";
import { createRoot, leafOf, levelsOf, pathOf, rootOf } from "@genbo/register/merkle";
import type { Queryable } from "./connection.ts";
import { registerPage } from "./register-read.ts";
import type { StateOf } from "./register-read-position.ts";
import type { RegisterRow } from "./register-row.ts";

const pageRows = 2_000;

/** The Merkle tree over the holdings of one state of a register (merkle.ts). */
export interface RegisterTree {
  root: Word;
  /** A holding of that state with the path from its leaf to the root; undefined for an account without units. */
  prove(account: string): Promise<{ row: RegisterRow; leaf: Word; path: Word[] } | undefined>;
}

/** Reads all holdings of a state, page by page: 0.1 s for 10,000. A past state never changes, so a tree may be kept. */
export async function readTree(db: Queryable, at: StateOf): Promise<RegisterTree> {
  const accounts: string[] = [];
  const leaves: Word[] = [];
  for (let after: string | null = ""; after !== null; ) {
    const page = await registerPage(db, at, { after, limit: pageRows });
    for (const row of page.rows) {
      accounts.push(row.account);
      leaves.push(leafOf(row));
    }
    after = page.next;
  }
  const levels = levelsOf(leaves);
  return {
    root: rootOf(levels),
    prove: async (account) => {
      const index = accounts.indexOf(account);
      if (index < 0) return undefined;
      const { rows } = await registerPage(db, at, { after: accounts[index - 1] ?? "", limit: 1 });
      return { row: rows[0]!, leaf: leaves[index]!, path: pathOf(levels, index) };
    },
  };
}

/** The root of a state alone: in the memory of one page, however many holdings there are. */
export async function rootOfState(db: Queryable, at: StateOf): Promise<Word> {
  const root = createRoot();
  for (let after: string | null = ""; after !== null; ) {
    const page = await registerPage(db, at, { after, limit: pageRows });
    for (const row of page.rows) root.add(leafOf(row));
    after = page.next;
  }
  return root.root();
}
