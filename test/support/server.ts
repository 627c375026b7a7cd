import type { DatabaseAddress } from "@genbo/database/server/address";
import type { RolePasswords } from "@genbo/database/server/roles";

/** The superuser's address on the PostgreSQL of this test run. */
export type TestServer = DatabaseAddress;

export const templateDatabase = "genbo_template";

export const rolePasswords: RolePasswords = {
  genbo: "owner",
  genbo_api: "api",
  genbo_worker: "worker",
  genbo_indexer: "indexer",
};
