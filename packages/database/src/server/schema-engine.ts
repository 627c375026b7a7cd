import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import type { SchemaEngine } from "@prisma/schema-engine-wasm";
import * as bindings from "@prisma/schema-engine-wasm/schema_engine_bg";
import type { DatabaseAddress } from "./address.ts";
import { MigrationAdapterFactory } from "./migration-adapter.ts";

/** The part of the standard that is used here; TypeScript declares it for browsers only. */
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ instance: { exports: Record<string, unknown> } }>;
};

let loaded: Promise<void> | undefined;

/**
 * Runs `act` with Prisma's schema engine as WebAssembly on a database. The native engine is a download that a
 * closed network does not have.
 */
export async function withSchemaEngine<T>(
  address: DatabaseAddress,
  act: (engine: SchemaEngine) => Promise<T>,
  schema?: string,
): Promise<T> {
  loaded ??= load();
  await loaded;
  const factory = new MigrationAdapterFactory(address);
  const datamodels: [string, string][] | undefined =
    schema === undefined ? undefined : [["schema.prisma", schema]];
  const bound = bindMigrationAwareSqlAdapterFactory(factory);
  try {
    const engine = await bindings.SchemaEngine.new({ datamodels }, () => undefined, bound);
    try {
      return await act(engine);
    } finally {
      engine.free();
    }
  } finally {
    await factory.end();
  }
}

/** The package's own entry imports the .wasm file as a module, which only a bundler does. */
async function load(): Promise<void> {
  const entry = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm");
  const bytes = await readFile(join(dirname(entry), "schema_engine_bg.wasm"));
  const imports = { "./schema_engine_bg.js": { ...bindings, ...lockTimers() } };
  const { instance } = await WebAssembly.instantiate(bytes, imports);
  bindings.__wbg_set_wasm(instance.exports);
  (instance.exports.__wbindgen_start as () => void)();
}

/** The engine starts a timer of 10 s for its lock and forgets it; no process may stay alive for that. */
function lockTimers(): Record<string, (...args: unknown[]) => unknown> {
  const isTimer = ([name]: [string, unknown]) => name.startsWith("__wbg_setTimeout_");
  const timers = Object.entries(bindings).filter(isTimer) as [
    string,
    (...args: unknown[]) => NodeJS.Timeout,
  ][];
  return Object.fromEntries(timers.map(([name, start]) => [name, (...args) => start(...args).unref()]));
}
