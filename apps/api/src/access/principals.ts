import { timingSafeEqual } from "node:crypto";
import {
  findPrincipal,
  hashOfSecret,
  type Principal,
  prefixOfSecret,
  touchKeys,
} from "@genbo/database/parties/keys";
import type { ApiContext } from "../context.ts";

/** A key that was revoked through another process works for at most this long. */
const cacheMsMax = 1_000;
/** Keys in memory: more than any platform has, and a bound. */
const cacheKeysMax = 10_000;
/** When keys were last used is written this often, not at each request. */
const flushMs = 5_000;

export interface Principals {
  /** Who sends this Authorization header; undefined when nobody valid does. */
  identify(authorization: string | undefined): Promise<Principal | undefined>;
  /** Forgets a key that was changed here. */
  forget(keyId: string): void;
  close(): Promise<void>;
}

interface Cached {
  principal: Principal;
  until: number;
  /** The secret that was found to be the key's, so that it is not hashed again meanwhile. */
  proved?: Buffer;
}

/** Looks up keys by prefix, keeps them for a moment, and writes their last use now and then. */
export function createPrincipals(ctx: Pick<ApiContext, "pool" | "clock" | "log">): Principals {
  const cache = new Map<string, Cached>();
  let used = new Map<string, Date>();

  const flush = async () => {
    if (used.size === 0) return;
    const uses = used;
    used = new Map();
    await touchKeys(ctx.pool, uses).catch((error) => ctx.log.warn("last use of keys not written", { error }));
  };
  const timer = setInterval(flush, flushMs);
  timer.unref();

  const load = async (prefix: string): Promise<Cached | undefined> => {
    const cached = cache.get(prefix);
    if (cached !== undefined && cached.until > performance.now()) return cached;
    const principal = await findPrincipal(ctx.pool, prefix);
    if (cache.size >= cacheKeysMax) cache.clear();
    cache.delete(prefix);
    if (principal === undefined) return undefined;
    const found = { principal, until: performance.now() + cacheMsMax };
    cache.set(prefix, found);
    return found;
  };

  return {
    identify: async (authorization) => {
      const secret = /^Bearer (\S+)$/i.exec(authorization ?? "")?.[1] ?? "";
      const prefix = prefixOfSecret(secret);
      const cached = prefix === undefined ? undefined : await load(prefix);
      const now = ctx.clock.now();
      if (cached === undefined || !isSecretOf(cached, secret) || hasEnded(cached.principal, now))
        return undefined;
      const { principal } = cached;
      used.set(principal.keyId, now);
      return principal;
    },
    forget: (keyId) => {
      for (const [prefix, { principal }] of cache) if (principal.keyId === keyId) cache.delete(prefix);
    },
    close: async () => {
      clearInterval(timer);
      await flush();
    },
  };
}

function isSecretOf(cached: Cached, secret: string): boolean {
  const given = Buffer.from(secret);
  if (cached.proved?.length === given.length && timingSafeEqual(cached.proved, given)) return true;
  const isIt = timingSafeEqual(
    Buffer.from(cached.principal.hash, "hex"),
    Buffer.from(hashOfSecret(secret), "hex"),
  );
  if (isIt) cached.proved = given;
  return isIt;
}

const hasEnded = ({ revokedAt, expiresAt, waits }: Principal, now: Date): boolean =>
  waits || revokedAt !== null || (expiresAt !== null && expiresAt <= now);
