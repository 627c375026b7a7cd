import { PrismaPg } from "@prisma/adapter-pg";
import { ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import pg from "pg";
import { type DatabaseAddress, quoteIdentifier } from "./address.ts";

const charColumns = /\bcon\.conf(?:del|upd)type\b|\bconstr\.contype(?= AS)/g;
const charNames = new Set(["confdeltype", "confupdtype", "constraint_type"]);

type Adapter = Awaited<ReturnType<PrismaPg["connect"]>>;

/**
 * Prisma's PostgreSQL adapter, mended where the schema engine stumbles over it:
 * - a script goes to the server whole, for the adapter splits at every `;`, even inside a comment or a function;
 * - the catalogue's columns of type "char", which the adapter does not know, are cast and typed by name;
 * - a shadow database is dropped after its own connections have ended.
 */
export class MigrationAdapterFactory extends PrismaPg {
  readonly #address: DatabaseAddress;
  readonly #pool: pg.Pool;

  constructor(address: DatabaseAddress) {
    const pool = new pg.Pool({ ...address, max: 2 });
    super(pool);
    this.#address = address;
    this.#pool = pool;
  }

  /** The engine never disposes of its connection, whose session holds the migration lock. */
  end(): Promise<void> {
    return this.#pool.end();
  }

  override async connect(): Promise<Adapter> {
    return mend(await super.connect());
  }

  override async connectToShadowDb(): Promise<Adapter> {
    const database = `genbo_shadow_${crypto.randomUUID()}`;
    await this.#pool.query(`create database ${quoteIdentifier(database)}`);
    const shadow = await new PrismaPg({ ...this.#address, database, max: 2 }).connect();
    const endShadow = shadow.dispose.bind(shadow);
    shadow.dispose = async () => {
      await endShadow();
      await this.#pool.query(`drop database ${quoteIdentifier(database)} with (force)`);
    };
    return mend(shadow);
  }
}

function mend(adapter: Adapter): Adapter {
  const pool = adapter.underlyingDriver();
  adapter.executeScript = async (script) => void (await pool.query(script));
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (query) => {
    const sql = query.sql.replace(charColumns, "$&::text");
    const result = await queryRaw({ ...query, sql });
    const typeOf = (column: string, index: number) =>
      charNames.has(column) ? ColumnTypeEnum.Character : result.columnTypes[index]!;
    return { ...result, columnTypes: result.columnNames.map(typeOf) };
  };
  return adapter;
}
