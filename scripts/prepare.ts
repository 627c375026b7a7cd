import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { inheritedEnv } from "@genbo/domain/env";
import { buildContracts } from "./contracts/build.ts";
import { root, runTool } from "./run.ts";

const schema = join(root, "prisma/schema.prisma");
const client = join(root, "packages/database/src/generated/client.ts");
const marker = join(root, "node_modules/.cache/genbo/prisma-client.sha256");

/**
 * Makes what is generated and not in git, where it is missing or stale: Prisma's client and the compiled contracts.
 * Takes 0.1 s when there is nothing to do. @throws Error with the tool's output.
 */
export async function prepare(): Promise<void> {
  await generateClient();
  await buildContracts();
}

async function generateClient(): Promise<void> {
  const hash = createHash("sha256").update(readFileSync(schema)).digest("hex");
  if (existsSync(client) && existsSync(marker) && readFileSync(marker, "utf8") === hash) return;
  // The client needs no engine, but the tool would download one all the same.
  const env = { ...inheritedEnv(), PRISMA_SCHEMA_ENGINE_BINARY: "/bin/true", CHECKPOINT_DISABLE: "1" };
  const { code, output } = await runTool("prisma", ["generate"], { env });
  if (code !== 0) throw new Error(`prisma generate failed:\n${output}`);
  mkdirSync(dirname(marker), { recursive: true });
  writeFileSync(marker, hash);
}

if (import.meta.main) await prepare();
