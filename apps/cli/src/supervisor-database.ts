import { existsSync } from "node:fs";
import { createOperator } from "@genbo/database/parties/keys";
import { type DatabaseAddress, databaseUrl } from "@genbo/database/server/address";
import { migrate } from "@genbo/database/server/migrate";
import { ensureDatabase, ensureRoles, type Role, roles } from "@genbo/database/server/roles";
import type { Pool } from "@genbo/database/sql/connection";
import type { Clock } from "@genbo/domain/clock";
import { type ProfileFolder, writeOnce } from "./profile.ts";

/**
 * Makes the roles and the database on a server where they are missing, and brings its tables up to date.
 * @param admin someone who may make roles, and the name of the platform's database
 * @returns the URL of each role
 */
export async function prepareDatabase(
  admin: DatabaseAddress,
  folder: ProfileFolder,
): Promise<Record<Role, string>> {
  const server = { ...admin, database: "postgres" };
  const addressOf = (role: Role) => ({ ...admin, user: role, password: folder.passwords.roles[role] });
  await ensureRoles(server, folder.passwords.roles);
  await ensureDatabase(server, admin.database);
  await migrate(addressOf("genbo"));
  const urls = roles.map((role) => [role, databaseUrl(addressOf(role))]);
  return Object.fromEntries(urls) as Record<Role, string>;
}

/**
 * Leaves the API keys of two operators in the folder of a platform that has none yet: two, because what could take over
 * another party wants both. Each is for a person of his own.
 */
export async function makeOperators(pool: Pool, folder: ProfileFolder, clock: Clock): Promise<void> {
  for (const [subject, file] of [
    ["staff:operator", folder.operatorKeyFile],
    ["staff:operator-2", folder.secondOperatorKeyFile],
  ] as const) {
    if (existsSync(file)) continue;
    writeOnce(file, `${await createOperator(pool, "Operator", subject, clock.now())}\n`);
  }
}
