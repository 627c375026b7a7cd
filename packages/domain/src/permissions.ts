export const roles = [
  "issuer",
  "trustee",
  "broker",
  "settlement-agent",
  "compliance",
  "auditor",
  "venue",
  "investor",
  "operator",
] as const;
export type Role = (typeof roles)[number];

/**
 * What a key may be granted. A route names one scope; a key holds scopes; a role bounds the scopes that its keys may
 * hold. Whether the row concerned is the caller's own (its customers, its issue) is a second question, asked per row.
 */
export const scopes = [
  "parties:read",
  "parties:write",
  "keys:write",
  "keys:confirm",
  "issues:read",
  "issues:draft",
  "issues:approve",
  "issuances:write",
  "orders:relay",
  "changes:read",
  "changes:propose",
  "changes:decide",
  "investors:read",
  "investors:write",
  "wallets:read",
  "wallets:write",
  "wallets:prove",
  "particulars:read",
  "transfers:read",
  "transfers:request",
  "transfers:accept",
  "transfers:approve",
  "settlements:read",
  "settlements:offer",
  "settlements:approve",
  "settlements:attest",
  "register:read",
  "register:totals",
  "register:export",
  "register:own",
  "record-dates:read",
  "record-dates:write",
  "cases:read",
  "cases:file",
  "cases:decide",
  "inspections:read",
  "inspections:handle",
  "inspections:decide",
  "certificates:issue",
  "certificates:read",
  "operations:read",
  "events:read",
  "audit-views:read",
  "audit-views:write",
  "breaks:read",
  "breaks:close",
  "sandbox:clock",
  "sandbox:cash",
] as const;
export type Scope = (typeof scopes)[number];

/** Scopes whose reads tell of persons, of the register, or of who asked after it. */
export const readsOfPersons: ReadonlySet<Scope> = new Set([
  "investors:read",
  "wallets:read",
  "particulars:read",
  "transfers:read",
  "settlements:read",
  "register:read",
  "register:totals",
  "register:export",
  "register:own",
  "record-dates:read",
  "cases:read",
  "inspections:read",
  "inspections:handle",
  "certificates:read",
  "audit-views:read",
]);

const everybody: Scope[] = ["parties:read", "issues:read", "operations:read", "events:read"];

/** The widest set of scopes that a key of each role may hold. What is not here is denied. */
const grants: Record<Role, ReadonlySet<Scope>> = {
  // The settlor or issuer has no right to the holders' names by itself: aggregates only (Trust Act 215(1), (5)).
  issuer: new Set([
    ...everybody,
    "issues:draft",
    "issuances:write",
    "changes:read",
    "changes:propose",
    "register:totals",
    "keys:write",
  ]),
  trustee: new Set([
    ...everybody,
    "issues:approve",
    "changes:read",
    "changes:propose",
    "changes:decide",
    "investors:read",
    "wallets:read",
    "particulars:read",
    "transfers:read",
    "transfers:approve",
    "settlements:read",
    "settlements:approve",
    "register:read",
    "register:totals",
    "register:export",
    "record-dates:read",
    "record-dates:write",
    "cases:read",
    "cases:file",
    "cases:decide",
    "inspections:read",
    "inspections:handle",
    "inspections:decide",
    "certificates:issue",
    "certificates:read",
    "audit-views:read",
    "audit-views:write",
    "breaks:read",
    "keys:write",
  ]),
  // Its own customers only; the row check is the caller's.
  broker: new Set([
    ...everybody,
    "changes:read",
    "investors:read",
    "investors:write",
    "wallets:read",
    "wallets:write",
    "wallets:prove",
    "particulars:read",
    "transfers:read",
    "transfers:request",
    "transfers:accept",
    "settlements:read",
    "settlements:offer",
    "orders:relay",
    "register:read",
    "record-dates:read",
    "cases:read",
    "cases:file",
    "certificates:issue",
    "certificates:read",
    "keys:write",
  ]),
  // A bank that sees the payments. It attests its own, and learns of them what a payment says: who pays whom how much.
  "settlement-agent": new Set([
    ...everybody,
    "settlements:read",
    "settlements:attest",
    "sandbox:cash",
    "keys:write",
  ]),
  compliance: new Set([
    ...everybody,
    "changes:read",
    "investors:read",
    "wallets:read",
    "particulars:read",
    "transfers:read",
    "settlements:read",
    "register:read",
    "register:totals",
    "register:export",
    "record-dates:read",
    "cases:read",
    "inspections:read",
    "audit-views:read",
    "audit-views:write",
    "breaks:read",
    "breaks:close",
    "keys:write",
  ]),
  auditor: new Set([
    ...everybody,
    "changes:read",
    "investors:read",
    "wallets:read",
    "transfers:read",
    "settlements:read",
    "register:read",
    "register:totals",
    "register:export",
    "record-dates:read",
    "cases:read",
    "inspections:read",
    "audit-views:read",
    "breaks:read",
    "keys:write",
  ]),
  // An exchange sees which issues there are: no register, no holder, no sum of few (design 4).
  venue: new Set(["parties:read", "issues:read", "keys:write"]),
  // Bound to one person of the register: what it says of himself, and a wallet of his own.
  investor: new Set(["parties:read", "issues:read", "register:own", "wallets:prove", "keys:write"]),
  // Runs the machines: makes parties and keys, sees health. No legal act, no register, no names.
  operator: new Set([
    "parties:read",
    "parties:write",
    "keys:write",
    "keys:confirm",
    "operations:read",
    "breaks:read",
    "sandbox:clock",
  ]),
};

/** The scopes that a key of `role` may be granted, in the order of `scopes`. */
export const scopesOf = (role: Role): Scope[] => scopes.filter((scope) => grants[role].has(scope));

/** The scopes of a key that names none: all but the power to make further keys, which must be asked for. */
export const usualScopesOf = (role: Role): Scope[] =>
  scopesOf(role).filter((scope) => scope !== "keys:write");

/** Whether a key may use a scope: the key must hold it and its role must allow it. Everything else is denied. */
export const mayUse = (role: Role, held: readonly string[], scope: Scope): boolean =>
  held.includes(scope) && grants[role].has(scope);
