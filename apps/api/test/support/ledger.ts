import { insertBlocks, writeCursor } from "@genbo/database/register/cursor";
import { createDerived, createLines } from "@genbo/database/register/write";
import { writeRegistry } from "@genbo/database/register/write-registry";
import {
  activateIssues,
  type TransferState,
  writeTransferStates,
} from "@genbo/database/register/write-subjects";
import { type Pool, withTransaction } from "@genbo/database/sql/connection";
import { withRows } from "@genbo/database/sql/copy-rows";
import { type EntryKind, entryKinds, type HoldKind, holdKinds } from "@genbo/domain/entry-kinds";
import { refOf } from "@genbo/domain/ids";
import { dayOf } from "@genbo/domain/jst";
import { basisCode, type LegalBasisName } from "@genbo/domain/legal-basis";
import { type Capacity, encodeMark } from "@genbo/domain/trust-mark";
import { encodeHold, encodeMove, hex, scaled, zeroAddress, zeroWord } from "@genbo/domain/words";
import { advance } from "@genbo/register/fold";
import { type EntryFields, headAfterEntry } from "@genbo/register/head";
import { emptyState, type IssueState } from "@genbo/register/state";

interface LedgerAccount {
  wallet: string;
  record: string;
  particulars: string;
}

/** Writes blocks into the register as the indexer does, by its role and its statements, without a chain. */
export interface Ledger {
  /** Registers accounts: what `setRecords` commands ask for. */
  record(accounts: readonly LedgerAccount[]): Promise<void>;
  /** Deploys an approved issue's token: its first entries. */
  activate(
    issue: { id: string; ref: string; policy: string; termsHash: string },
    token: string,
  ): Promise<void>;
  /** @param acquiredOn the day of the block, if left out */
  issue(issueId: string, to: string, units: bigint, acquiredOn?: string): Promise<void>;
  /** Units held for a transfer request, or under a hold of another kind. */
  hold(
    issueId: string,
    transfer: { ref: string; from: string; to: string; units: bigint; kind?: HoldKind; controller?: string },
  ): Promise<void>;
  /** A pledge behind another one on the same account. */
  pledgeBehind(
    issueId: string,
    pledge: { ref: string; from: string; to: string; units: bigint; behind: string },
  ): Promise<void>;
  /** A mark: trust property, or the trustee's own in a capacity. */
  mark(
    issueId: string,
    mark: { account: string; units: bigint; basis: LegalBasisName; capacity?: Capacity },
  ): Promise<void>;
  /** Consolidation or split of one account: `n` new units in the place of `d` old ones. */
  ratio(issueId: string, account: string, n: bigint, d: bigint): Promise<void>;
  /** Units that move by the law's order. */
  move(issueId: string, move: { from: string; to: string; units: bigint }): Promise<void>;
  /** Any line of a register. */
  enter(issueId: string, kind: EntryKind, fields: Partial<EntryFields>): Promise<void>;
  setTransfer(ref: string, state: TransferState): Promise<void>;
  /** An empty block. */
  block(): Promise<number>;
  /** The next block has this time. */
  at(time: Date): void;
}

export function createLedger(pool: Pool, start: Date): Ledger {
  let [number, time, registrySeq] = [0, Math.floor(start.getTime() / 1000), 0];
  const states = new Map<string, IssueState>();
  const persons = new Map<string, string>();

  const inBlock = async (act: Parameters<typeof withTransaction>[1]): Promise<number> => {
    const block = { number, hash: refOf("block", number), parentHash: refOf("block", number - 1), time };
    await withTransaction(pool, async (tx) => {
      await insertBlocks(tx, [block]);
      await act(tx);
      await writeCursor(tx, {
        blockNumber: number,
        blockHash: block.hash,
        blockTime: new Date(time * 1000),
        genesisHash: refOf("block", 0),
        registrySeq,
        registryHead: zeroWord,
      });
    });
    number += 1;
    time += 1;
    return block.number;
  };

  const enter = (issueId: string, kind: EntryKind, fields: Partial<EntryFields>) =>
    inBlock(async (tx) => {
      const state = states.get(issueId) ?? emptyState();
      states.set(issueId, state);
      const plain = {
        basis: 1,
        units: 0n,
        from: zeroAddress,
        to: zeroAddress,
        ref: zeroWord,
        data: zeroWord,
      };
      const entry = { ...plain, ...fields, seq: state.seq + 1, kind: entryKinds[kind] };
      const head = headAfterEntry(state.head, entry);
      const step = advance(state, { ...entry, head, blockTime: time }, (account) => persons.get(account));
      const where = {
        blockNumber: number,
        blockHash: refOf("block", number),
        logIndex: 0,
        txHash: refOf("tx", number),
      };
      const origin = { ...where, operationId: null, maker: null, checker: null };
      const rows = [{ issueId, step, origin }];
      await withRows(createLines(), rows).write(tx);
      await withRows(createDerived(), rows).write(tx);
    });

  return {
    record: async (accounts) => {
      await inBlock(async (tx) => {
        const rows = accounts.map((account, logIndex) => {
          persons.set(account.wallet, `0x${account.record.slice(2, 26)}`);
          registrySeq += 1;
          const block = { number, hash: refOf("block", number), time };
          const txHash = refOf("tx", number);
          return { ...account, seq: registrySeq, head: zeroWord, operationId: null, block, logIndex, txHash };
        });
        await writeRegistry(tx, rows);
        await tx.query("update wallet set state = 'registered' where address = any($1)", [
          accounts.map(({ wallet }) => wallet),
        ]);
      });
    },
    activate: async ({ id, ref, policy, termsHash }, token) => {
      await enter(id, "POLICY", { basis: 0, ref, data: policy });
      await enter(id, "TERMS", { basis: 0, ref, data: termsHash });
      const deployed = { id, token, codeHash: zeroWord, blockNumber: number - 1 };
      await withTransaction(pool, (tx) => activateIssues(tx, [deployed]));
    },
    issue: async (issueId, to, units, acquiredOn) => {
      const data = encodeMove({ acquiredOn: acquiredOn === undefined ? 0 : dayOf(acquiredOn) });
      await enter(issueId, "ISSUE", { to, units, ref: refOf(issueId, number), data });
    },
    hold: async (issueId, { ref, from, to, units, kind = "REQUEST", controller = zeroAddress }) => {
      const dates = { tradeDate: 0, acquiredOn: 0, settlementDate: 0, lotAcquiredOn: 0 };
      const data = encodeHold({ kind: holdKinds[kind], expiryMinutes: 0, controller, ...dates });
      await enter(issueId, "HOLD_CREATED", { basis: kind === "PLEDGE" ? 11 : 2, from, to, units, ref, data });
      const news = { issueId, ref, from, to, units, state: "held", cause: "creation" } as const;
      await withTransaction(pool, (tx) =>
        writeTransferStates(tx, [{ ...news, forSettlement: kind === "DVP" }], []),
      );
    },
    pledgeBehind: async (issueId, { ref, from, to, units, behind }) => {
      const dates = { tradeDate: 0, acquiredOn: 0, settlementDate: 0, lotAcquiredOn: 0 };
      const data = encodeHold({
        kind: holdKinds.PLEDGE,
        expiryMinutes: 0,
        controller: zeroAddress,
        ...dates,
      });
      await enter(issueId, "HOLD_CREATED", { basis: 11, from, to, ref, data });
      await enter(issueId, "HOLD_RANKED", { basis: 11, from, to: from, units, ref, data: behind });
    },
    mark: async (issueId, { account, units, basis, capacity = "NONE" }) => {
      const fields = {
        basis: basisCode(basis),
        units,
        data: encodeMark(capacity),
        ref: refOf("mark", number),
      };
      await enter(issueId, "MARK", { ...fields, from: account, to: account });
    },
    ratio: async (issueId, account, n, d) => {
      const before = states.get(issueId)!.holdings.get(account)!.units;
      const data = `0x${[0n, n, (before * n) % d, d].map((field) => hex(field, 16)).join("")}`;
      const units = scaled(before, { n, d });
      await enter(issueId, "RATIO", {
        basis: basisCode("SPLIT"),
        units,
        data,
        ref: refOf("ratio", number),
        from: account,
        to: account,
      });
    },
    move: async (issueId, move) =>
      void (await enter(issueId, "FORCED_TRANSFER", { ...move, basis: 3, ref: refOf("move", number) })),
    enter: async (issueId, kind, fields) => void (await enter(issueId, kind, fields)),
    setTransfer: async (ref, state) => {
      await withTransaction(pool, async (tx) => {
        const { rows } = await tx.query<{ issueId: string; forSettlement: boolean }>(
          `select issue_id as "issueId", false as "forSettlement" from transfer where ref = $1
           union all select issue_id, true from settlement_leg where hold_id = $1`,
          [ref],
        );
        const terms = { ref, state, cause: "hold", from: zeroAddress, to: zeroAddress, units: 0n } as const;
        await writeTransferStates(
          tx,
          rows.map((row) => ({ ...row, ...terms })),
          [],
        );
      });
    },
    block: () => inBlock(async () => undefined),
    at: (next) => {
      time = Math.floor(next.getTime() / 1000);
    },
  };
}
