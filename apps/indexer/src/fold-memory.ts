import { createStates, type States } from "@genbo/database/register/write-load";
import type { KnownIssue } from "@genbo/database/register/write-subjects";
import { type AccountParties, createAccountParties } from "./account-parties.ts";

/** Accounts and open holds of all issues together that are kept in memory; some 35 MB. */
const memoryMax = 150_000;

/**
 * What the fold has read or made, so that it need not ask for it again. It runs ahead of the database: good only as long
 * as every lot that was folded with it is also written, in the same order, and nobody else writes the register
 * (`advanceRegister` looks). Whoever could not write a lot begins with an empty one.
 */
export interface FoldMemory {
  states: States;
  /** By account, of those that the registry knows. */
  parties: AccountParties;
  /** By custodian id. */
  brokers: Map<number, string>;
  /** By token. */
  issues: Map<string, KnownIssue>;
}

export const createFoldMemory = (): FoldMemory => ({
  states: createStates(),
  parties: createAccountParties(),
  brokers: new Map(),
  issues: new Map(),
});

/** Whether it is time to begin with an empty one. */
export const isFull = ({ states, parties }: FoldMemory): boolean =>
  states.size() > memoryMax || parties.size() > memoryMax;
