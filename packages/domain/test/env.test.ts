import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dataDirOf, envNames, readEnv, readServerSettings, writeEnv } from "../src/env.ts";

const least = {
  DATABASE_URL: "postgresql://localhost/genbo",
  CHAIN_RPC_URLS: "http://127.0.0.1:8545",
  GENBO_DATA_DIR: "/data",
  GENBO_KEYSTORE_DIR: "/data/keystore",
  GENBO_KEYSTORE_PASSWORD_FILE: "/data/secret",
  GENBO_MASTER_KEY_FILE: "/data/master",
};

test("no proxy is trusted unless it is named", () => {
  expect(readEnv(least).trustedProxies).toEqual([]);
  const named = readEnv({ ...least, [envNames.trustedProxies]: "10.0.0.0/8, 2001:db8::1" });
  expect(named.trustedProxies).toEqual(["10.0.0.0/8", "2001:db8::1"]);
  expect(readEnv(writeEnv(named))).toEqual(named);
});

test.each(["proxy.example", "10.0.0.0/33", "10.0.0/8", "10.0.0.1/8/8", "true"])(
  "%s is no address and no network",
  (text) => {
    expect(() => readEnv({ ...least, [envNames.trustedProxies]: text })).toThrow("GENBO_TRUSTED_PROXIES");
  },
);

test.each([
  ["DATABASE_URL", "genbo"],
  ["DATABASE_URL", "http://127.0.0.1:5432/genbo"],
  ["CHAIN_RPC_URLS", "localhost:8545"],
  ["CHAIN_RPC_URLS", "http://127.0.0.1:8545,ws://127.0.0.1:8546"],
  ["CHAIN_RPC_URLS", " , "],
])("%s is not %s: both the processes and who starts them say so, and show no password", (name, text) => {
  const wrong = { ...least, [name]: text };
  for (const read of [readEnv, readServerSettings]) {
    expect(() => read(wrong)).toThrow(new RegExp(`^Cannot start: ${name} is .*such as`));
    expect(() => read({ ...wrong, [name]: `${text}:secret` })).not.toThrow("secret");
  }
});

test("an operator finds every variable in the table of docs/operations/environment.md, and no other", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/operations/environment.md"), "utf8");
  const named = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, name]) => name);
  expect(named.sort()).toEqual(Object.values(envNames).sort());
});

test("the data folder is the one named, else the environment's, else that of a local platform", () => {
  expect(dataDirOf("named", least)).toBe("named");
  expect(dataDirOf(undefined, least)).toBe("/data");
  expect(dataDirOf(undefined, { GENBO_DATA_DIR: "" })).toBe(".genbo/local");
});
