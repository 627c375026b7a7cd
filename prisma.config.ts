import { defineConfig } from "prisma/config";

// The client is generated from the schema alone; migrations are applied by packages/database/src/server/migrate.ts.
export default defineConfig({ schema: "prisma/schema.prisma", migrations: { path: "prisma/migrations" } });
