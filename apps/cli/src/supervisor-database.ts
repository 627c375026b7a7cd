import { existsSync } from "node:fs";
import { type DatabaseAddress, databaseUrl } from "@genbo/database/address";
import type { Pool } from "@genbo/database/connection";
import { createOperator } from "@genbo/database/keys";
import { migrate } from "@genbo/database/migrate";
import { ensureDatabase, ensureRoles, type Role, roles } from "@genbo/database/roles";
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

/** Leaves the first operator's API key in the folder of a platform that has none yet. */
export async function makeFirstOperator(pool: Pool, folder: ProfileFolder, clock: Clock): Promise<void> {
  if (existsSync(folder.operatorKeyFile)) return;
  const key = await createOperator(pool, "Operator", "staff:operator", clock.now());
  writeOnce(folder.operatorKeyFile, `${key}\n`);
}
