import { describe, expect, test } from "vitest";
import { createPool, createPrisma } from "../src/sql/connection.ts";
import { databaseTrouble } from "../src/sql/unavailable.ts";

const system = (code: string) =>
  Object.assign(new Error(`connect ${code} 10.0.0.9:5432`), { code, errno: -1, syscall: "connect" });
const postgres = (code: string) => Object.assign(new Error("said so"), { code, severity: "FATAL" });

/** What Prisma's client makes of an error of the driver. */
async function throughPrisma(error: Error): Promise<unknown> {
  const pool = createPool("postgres://nobody@127.0.0.1:1/nothing");
  pool.query = () => Promise.reject(error);
  return createPrisma(pool)
    .party.findFirst()
    .catch((caught: unknown) => caught);
}

const away = [
  ...["ECONNREFUSED", "ECONNRESET", "ECONNABORTED", "EPIPE", "ETIMEDOUT", "ENOTFOUND", "EAI_AGAIN"].map(
    system,
  ),
  ...["EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "ENETDOWN"].map(system),
  new Error("Connection terminated unexpectedly"),
  new AggregateError([system("ECONNREFUSED"), system("ENETUNREACH")]),
];
const name = (error: Error) => ("code" in error ? `${error.code}` : `${error.name} ${error.message}`);

describe.each(away.map((error) => [name(error), error] as const))("%s", (_, error) => {
  test("means that the database does not answer", async () => {
    expect(databaseTrouble(error)).toBe("The database does not answer.");
    expect(databaseTrouble(await throughPrisma(error))).toBe("The database does not answer.");
  });
});

test.each([
  ["57P01", "does not answer"],
  ["40001", "does not answer"],
  ["53300", "takes no more connections"],
  ["53100", "disk is full"],
  ["25006", "read-only"],
  ["57014", "took longer over a statement"],
])("what PostgreSQL says by %s is known through Prisma as well", async (code, text) => {
  expect(databaseTrouble(await throughPrisma(postgres(code)))).toContain(text);
});

test.each(["23505", "42P01", "42501"])(
  "what will not go better later is no such trouble: %s",
  async (code) => {
    expect(databaseTrouble(await throughPrisma(postgres(code)))).toBeUndefined();
    expect(databaseTrouble(postgres(code))).toBeUndefined();
    expect(databaseTrouble(new Error("unheard of"))).toBeUndefined();
  },
);
