import pg from "pg";
import { advisoryLocks } from "../sql/advisory-locks.ts";
import { type DatabaseAddress, quoteIdentifier } from "./address.ts";

/** Login roles of the platform. `genbo` owns the schema and migrates; each process logs in as its own. */
export const roles = ["genbo", "genbo_api", "genbo_worker", "genbo_indexer"] as const;
export type Role = (typeof roles)[number];
export type RolePasswords = Readonly<Record<Role, string>>;

/** What every session of ours wants, whoever has set up the server; a role may set it for itself. */
const roleSettings = {
  // What is asked lies in memory: at the default of 4 a lot of some hundred rows reads whole tables.
  random_page_cost: "1.1",
  // Statements are short, and compiling one takes longer.
  jit: "off",
};

/**
 * Makes the login roles where they are missing and sets their passwords and settings. Rights come from the migrations' grants.
 * `admin` may create roles; the roles are those of the whole server, not of one database.
 */
export async function ensureRoles(admin: DatabaseAddress, passwords: RolePasswords): Promise<void> {
  await withClient(admin, async (client) => {
    // Two supervisors may prepare one server at once.
    await client.query("select pg_advisory_lock($1)", [advisoryLocks.roles]);
    for (const role of roles) {
      const { rows } = await client.query("select rolsuper from pg_roles where rolname = $1", [role]);
      const verb = rows.length === 0 ? "create" : "alter";
      // A superuser alone may say it, and only of a superuser is there need.
      const demoted = rows[0]?.rolsuper ? "nosuperuser" : "";
      const password = client.escapeLiteral(passwords[role]);
      await client.query(
        `${verb} role ${role} login ${demoted} nocreatedb nocreaterole password ${password}`,
      );
      for (const [name, value] of Object.entries(roleSettings))
        await client.query(`alter role ${role} set ${name} = ${value}`);
    }
    // To make a database that is another role's, one must be a member; making the role is not enough since PostgreSQL 16.
    await client.query("grant genbo to current_user");
  });
}

/** Makes a database owned by `genbo` where it is missing; with `template`, as a copy of that one. */
export async function ensureDatabase(admin: DatabaseAddress, name: string, template?: string): Promise<void> {
  await withClient(admin, async (client) => {
    const found = await client.query("select 1 from pg_database where datname = $1", [name]);
    if (found.rowCount !== 0) return;
    const copy = template === undefined ? "" : ` template ${quoteIdentifier(template)} strategy file_copy`;
    await client.query(`create database ${quoteIdentifier(name)} owner genbo${copy}`);
    // Anybody who can log in may otherwise connect, and PUBLIC may make temporary tables.
    await client.query(`revoke all on database ${quoteIdentifier(name)} from public`);
    await client.query(
      `grant connect on database ${quoteIdentifier(name)} to genbo_api, genbo_worker, genbo_indexer`,
    );
  });
}

async function withClient(
  address: DatabaseAddress,
  act: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client(address);
  await client.connect();
  try {
    await act(client);
  } finally {
    await client.end();
  }
}
