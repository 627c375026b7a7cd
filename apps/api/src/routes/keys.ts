import {
  confirmKeyPart,
  endKeyPart,
  findKey,
  keyPart,
  keysOfParty,
  listKeys,
  type NewKey,
  newSecret,
  type Principal,
  revokeKeyPart,
} from "@genbo/database/parties/keys";
import { findParty } from "@genbo/database/parties/parties";
import type { Queryable } from "@genbo/database/sql/connection";
import { newId } from "@genbo/domain/ids";
import { type Role, type Scope, scopesOf, usualScopesOf } from "@genbo/domain/permissions";
import { otherPerson } from "../access/four-eyes.ts";
import type { Principals } from "../access/principals.ts";
import type { ApiContext } from "../context.ts";
import type { CallOf, Handlers } from "../http/call.ts";
import { command } from "../http/command.ts";
import { invalidField, notFound, ProblemError } from "../http/problem.ts";
import { pageOf, presentAsOf } from "../http/reads.ts";
import { keyWire } from "../wire/parties.ts";

/** The operator sees and ends every party's keys; any other party only its own. */
const keepsKeysOf = ({ role, partyId }: Principal, owner: string): boolean =>
  role === "operator" || partyId === owner;

type Routes = "createKey" | "listKeys" | "rotateKey" | "confirmKey" | "revokeKey";
type Change = CallOf<"rotateKey" | "confirmKey" | "revokeKey">;

export const keyHandlers = (ctx: ApiContext, principals: Principals): Handlers<Routes> => {
  /** Whoever uses the key is looked up anew. */
  const forgetting =
    ({ params }: Change) =>
    <R>(reply: R): R => {
      principals.forget(params.id);
      return reply;
    };
  return {
    createKey: (call) => command(ctx, call, (db) => create(ctx, db, call), { long: true }),
    listKeys: async ({ principal, params, query }) => {
      const asOf = await presentAsOf(ctx);
      const party = await partyFor(ctx, principal, params.id);
      const rows = await listKeys(ctx.prisma, party.id, query);
      return { status: 200, body: { ...pageOf(rows, query.limit, keyWire, ({ id }) => id), asOf } };
    },
    rotateKey: (call) => command(ctx, call, () => rotate(ctx, call)).then(forgetting(call)),
    confirmKey: (call) => command(ctx, call, (db) => confirm(ctx, db, call)).then(forgetting(call)),
    revokeKey: (call) => command(ctx, call, () => revoke(ctx, call)).then(forgetting(call)),
  };
};

/** A party whose keys the caller keeps. @throws ProblemError NOT_FOUND */
async function partyFor(ctx: ApiContext, principal: Principal, id: string) {
  const party = keepsKeysOf(principal, id) ? await findParty(ctx.prisma, id) : null;
  if (party === null) throw notFound();
  return party;
}

/** A key that the caller keeps. @throws ProblemError NOT_FOUND */
async function keyFor(ctx: ApiContext, { principal, params }: Change) {
  const key = await findKey(ctx.prisma, params.id);
  if (key === null || !keepsKeysOf(principal, key.partyId)) throw notFound();
  return key;
}

async function create(ctx: ApiContext, db: Queryable, { principal, params, body, at }: CallOf<"createKey">) {
  const party = await partyFor(ctx, principal, params.id);
  const isOwn = party.id === principal.partyId;
  const before = isOwn ? "live" : await keysOfParty(db, party.id, at);
  if (!isOwn && before === "live")
    throw new ProblemError("FORBIDDEN", "The party has a key: it makes its further keys itself.", {
      target: party.id,
    });
  const { secret, key } = newKeyOf({
    partyId: party.id,
    role: party.kind,
    subject: body.subject,
    // A first key is nobody's but its subject's; an operator's is always whoever made it.
    madeBy: before === "none" && party.kind !== "operator" ? null : makerOf(principal),
    waits: before === "ended" || (party.kind === "operator" && !isOwn),
    confirmedAt: null,
    scopes: handed(principal, scopesFor(party.kind, body.scopes), body.scopes !== undefined),
    expiresAt: aheadOf(at, body.expiresAt),
    at,
  });
  return { ...made(secret, key), detail: { partyId: party.id, subject: key.subject } };
}

async function rotate(ctx: ApiContext, call: CallOf<"rotateKey">) {
  const { principal, body, at } = call;
  const old = await keyFor(ctx, call);
  if (old.partyId !== principal.partyId)
    throw new ProblemError("FORBIDDEN", "Nobody rotates another party's key.", { target: old.id });
  if (old.revokedAt !== null || (old.expiresAt !== null && old.expiresAt <= at))
    throw new ProblemError("STATE_CONFLICT", "The key has ended; make a new one.", { target: old.id });
  const { secret, key } = newKeyOf({
    partyId: old.partyId,
    role: old.role,
    subject: old.subject,
    ...(isOwn(principal, old.subject)
      ? { madeBy: old.madeBy, waits: old.waits, confirmedAt: old.confirmedAt }
      : { madeBy: makerOf(principal), waits: false, confirmedAt: null }),
    scopes: handed(principal, old.scopes, true),
    // A key that ends does not live on for ever by being rotated.
    expiresAt: aheadOf(at, body.expiresAt) ?? old.expiresAt,
    at,
  });
  return {
    ...made(secret, key),
    detail: { replaces: old.id, graceSeconds: body.graceSeconds },
    guard: endKeyPart(old.id, new Date(at.getTime() + body.graceSeconds * 1000), at),
  };
}

/** Its secret is in this one answer, and stored nowhere. */
const made = (secret: string, key: NewKey) => ({
  answer: { status: 201 as const, body: { ...createdWire(key), secret: null } },
  shownOnce: { secret },
  target: key.id,
  writes: [keyPart(key)],
});

async function confirm(ctx: ApiContext, db: Queryable, call: CallOf<"confirmKey">) {
  const { principal, at } = call;
  const key = await keyFor(ctx, call);
  if (key.revokedAt !== null)
    throw new ProblemError("STATE_CONFLICT", "The key was revoked.", { target: key.id });
  const parts = { id: key.id, subjects: [key.madeBy], since: key.createdAt };
  await otherPerson(db, principal, parts, "Whoever made the key does not confirm it.");
  return {
    answer: { status: 200 as const, body: keyWire({ ...key, confirmedAt: key.confirmedAt ?? at }) },
    target: key.id,
    detail: { subject: key.subject, madeBy: key.madeBy },
    guard: confirmKeyPart(key.id, at),
  };
}

async function revoke(ctx: ApiContext, call: CallOf<"revokeKey">) {
  const key = await keyFor(ctx, call);
  return {
    answer: { status: 200 as const, body: keyWire({ ...key, revokedAt: key.revokedAt ?? call.at }) },
    target: key.id,
    guard: revokeKeyPart(key.id, call.at),
  };
}

/** The person that a new key counts as: whoever makes it, at the end of a chain of such keys. */
const makerOf = ({ subject, madeBy }: Principal): string => madeBy ?? subject;

/** Whether a person rotates his own key: with one that somebody else made for him he does not. */
const isOwn = ({ subject, madeBy }: Principal, of: string): boolean => subject === of && madeBy === null;

function newKeyOf(fields: Omit<NewKey, "id" | "prefix" | "hash">): { secret: string; key: NewKey } {
  const { secret, prefix, hash } = newSecret();
  return { secret, key: { ...fields, id: newId("key", fields.at), prefix, hash } };
}

const createdWire = (key: NewKey) =>
  keyWire({ ...key, createdAt: key.at, lastUsedAt: null, revokedAt: null });

/** @throws ProblemError when the party's role may not hold one of them */
function scopesFor(role: Role, asked: readonly Scope[] | undefined): Scope[] {
  const allowed = scopesOf(role);
  if (asked === undefined) return usualScopesOf(role);
  const wrong = asked.findIndex((scope) => !allowed.includes(scope));
  if (wrong >= 0) throw invalidField(`/scopes/${wrong}`, `is no scope that a key of a ${role} may hold`);
  return [...new Set(asked)];
}

/**
 * Of the scopes for a key of the own party, those that the maker's key holds: nobody hands on more than he has. The
 * operator makes the first key of every party, and holds none of their scopes. @throws ProblemError when a named one is missing
 */
function handed({ role, scopes }: Principal, wanted: readonly Scope[], named: boolean): Scope[] {
  const held = role === "operator" ? [...wanted] : wanted.filter((scope) => scopes.includes(scope));
  if (named && held.length < wanted.length)
    throw new ProblemError("FORBIDDEN", "A key hands on no scope that it does not hold itself.");
  return held;
}

function aheadOf(now: Date, expiresAt: Date | undefined): Date | null {
  if (expiresAt !== undefined && expiresAt <= now) throw invalidField("/expiresAt", "lies in the past");
  return expiresAt ?? null;
}
