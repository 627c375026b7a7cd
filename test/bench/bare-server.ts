import { createPool } from "@genbo/database/sql/connection";
import { newId, refOf } from "@genbo/domain/ids";
import Fastify from "fastify";
import type { Recorded } from "./statements.ts";

/** What the bench tells this process: bare Fastify, the recorded statements, and the names in them that must be new. */
export interface BareServerTask {
  databaseUrl: string;
  recorded: Recorded;
  names: { operation: string; transfer: string; key: string };
}

type Fresh = ReadonlyMap<string, string>;

process.once("message", (task: BareServerTask) => void serve(task));
process.on("disconnect", () => process.exit());

async function serve({ databaseUrl, recorded, names }: BareServerTask): Promise<void> {
  const pool = createPool(databaseUrl);
  const known = [
    names.operation,
    refOf(names.operation),
    names.transfer,
    refOf(names.transfer),
    names.key,
  ] as const;
  const statements = recorded.statements.map(({ name, text, values }) => ({
    name,
    text,
    values: values.map((value) => template(value, known)),
  }));
  const body = template(recorded.answer.body, known);
  const app = Fastify({ logger: false });
  app.post("*", async (request, reply) => {
    const now = new Date();
    const [operation, transfer] = [newId("op", now), newId("trf", now)];
    const key = String(request.headers["idempotency-key"]);
    const made = [operation, refOf(operation), transfer, refOf(transfer), key];
    const fresh: Fresh = new Map(known.map((name, at) => [name, made[at]!]));
    for (const { name, text, values } of statements) {
      await pool.query({ name, text, values: values.map((value) => value(fresh)) });
    }
    return reply.code(recorded.answer.status).type("application/json; charset=utf-8").send(body(fresh));
  });
  process.send?.(await app.listen({ host: "127.0.0.1", port: 0 }));
}

let locks = 0n;

/** A value of the recorded request with each known name in it replaced by a fresh one. */
function template(value: unknown, known: readonly string[]): (fresh: Fresh) => unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => (typeof item === "bigint" ? () => item : template(item, known)));
    return (fresh) => items.map((item) => item(fresh));
  }
  // The advisory lock of an Idempotency-Key: one that nobody else holds.
  if (typeof value === "bigint") return () => ++locks;
  if (typeof value !== "string") return () => value;
  const parts = value.split(new RegExp(`(${known.join("|")})`));
  if (parts.length === 1) return () => value;
  return (fresh) => parts.map((part) => fresh.get(part) ?? part).join("");
}
