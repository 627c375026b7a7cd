import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createRpc, type Rpc } from "@genbo/chain/rpc";
import { demoOn } from "@genbo/cli/demo/command";
import { customersOf } from "@genbo/cli/demo/customers";
import { readScenario } from "@genbo/cli/demo/fixture";
import type { DemoPerson } from "@genbo/cli/demo/people";
import { startStack } from "@genbo/cli/supervisor";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keptScreen, stackFolder } from "../support/stack-folder.ts";

const { dataDir, remove } = stackFolder("personal-data");
const screen = keptScreen();
const people = Object.values(customersOf(readScenario())).flatMap((customers) =>
  customers.map(({ person }) => person),
);
/** Everything on the chain that anybody can read: inputs, topics, data, as bytes. */
let chainBytes: Buffer;

beforeAll(async () => {
  await demoOn(dataDir, screen);
  const stack = await startStack({ dataDir, services: [] });
  const rpc = createRpc([stack.urls.chain]);
  try {
    chainBytes = await everythingOn(rpc);
  } finally {
    rpc.close();
    await stack.stop();
  }
}, 240_000);

afterAll(remove);

interface Block {
  transactions: { hash: string; input: string }[];
}

async function everythingOn(rpc: Rpc): Promise<Buffer> {
  const head = Number(await rpc.call<string>("eth_blockNumber"));
  const numbers = Array.from({ length: head + 1 }, (_, number) => `0x${number.toString(16)}`);
  const blocks = await rpc.all<Block>(
    numbers.map((number) => ({ method: "eth_getBlockByNumber", params: [number, true] })),
  );
  const logs = await rpc.call<{ topics: string[]; data: string }[]>("eth_getLogs", {
    fromBlock: "0x0",
    toBlock: "latest",
  });
  const inputs = blocks.flatMap(({ transactions }) => transactions.map(({ input }) => input));
  const words = [...inputs, ...logs.flatMap(({ topics, data }) => [...topics, data])];
  expect(inputs.length).toBeGreaterThan(10);
  expect(logs.length).toBeGreaterThan(490);
  return Buffer.concat(words.map((word) => Buffer.from(word.slice(2), "hex")));
}

/** What may stand nowhere: each form of the name, and what of the address leads to a house. */
function secretsOf({ name, address, id }: DemoPerson): string[] {
  const romaji = [name.romaji, name.romaji.toUpperCase(), name.romaji.toLowerCase()];
  const joined = [name.kanji, name.kana, ...romaji].flatMap((text) => [text, text.replaceAll(" ", "")]);
  // A single word may be a word of the platform's own ("光"); two characters and more are not.
  const parts = [name.kanji, name.kana]
    .flatMap((text) => text.split(" "))
    .filter((part) => [...part].length > 2);
  const secrets = [...joined, ...parts, address.street, address.postalCode, address.city];
  return id === "BRK-SBI" ? [name.kanji, name.kana, address.street] : secrets;
}

function found(text: Buffer): string[] {
  const secrets = new Set(people.flatMap(secretsOf));
  return [...secrets].filter((secret) => encodingsOf(secret).some((bytes) => text.includes(bytes)));
}

/** The ways in which a text gets into bytes: as UTF-8 or UTF-16, escaped in JSON, as hex, in a URL. */
function encodingsOf(secret: string): Buffer[] {
  const bytes = Buffer.from(secret, "utf8");
  const escaped = [...secret].map((char) => JSON.stringify(char).slice(1, -1)).join("");
  const unicode = secret.replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const texts = [escaped, unicode, bytes.toString("hex"), encodeURIComponent(secret)];
  return [bytes, Buffer.from(secret, "utf16le"), ...texts.map((text) => Buffer.from(text, "utf8"))];
}

test("no name and no address of anybody is on the chain [APPI 22]", () => {
  expect(found(chainBytes)).toEqual([]);
});

test("no name and no address of anybody is in a log [APPI 22]", () => {
  const logs = join(dataDir, "logs");
  const files = readdirSync(logs);
  expect(files.sort()).toEqual(["anvil.log", "api.log", "indexer.log", "postgres.log", "worker.log"]);
  for (const file of files)
    expect({ file, found: found(readFileSync(join(logs, file))) }).toEqual({ file, found: [] });
});

test("the demo itself names nobody before the register's table", () => {
  const table = screen.lines.findIndex((line) => line.includes("氏名"));
  expect(table).toBeGreaterThan(0);
  expect(found(Buffer.from(screen.lines.slice(0, table).join("\n")))).toEqual([]);
});

test("the scan itself finds a name that is there", () => {
  const { name } = people[0]!;
  expect(found(Buffer.concat([chainBytes, Buffer.from(name.kanji)]))).toContain(name.kanji);
  expect(found(Buffer.from(Buffer.from(name.kana).toString("hex")))).toContain(name.kana);
});
