import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runNetwork } from "@genbo/cli/network";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

let dir: string;
let printed: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "genbo-network-"));
  printed = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(dir, { recursive: true });
});

const enodeIn = (text: string) => /enode:\/\/\S+/.exec(text)?.[0] as string;

describe("genbo network", () => {
  test("init prints the runbook that it writes", async () => {
    const to = join(dir, "net");
    await runNetwork(["init", "--validators", "4", "--client", "besu", "--dir", to, "--chain-id", "2021"]);
    const runbook = readFileSync(join(to, "RUNBOOK.md"), "utf8");
    expect(runbook).toContain("# Runbook: chain 2021 (Besu, QBFT)");
    expect(printed).toContain(runbook);
    printed = "";
    await runNetwork(["runbook", "--dir", to]);
    expect(printed).toBe(`${runbook}\n`);
  });

  test("a key stays where it was made, and is never overwritten", async () => {
    const make = ["key", "--client", "besu", "--host", "10.0.0.9", "--dir", dir];
    await runNetwork(make);
    const key = readFileSync(join(dir, "key"), "utf8");
    expect(key).toMatch(/^0x[0-9a-f]{64}\n$/);
    expect(statSync(join(dir, "key")).mode & 0o777).toBe(0o600);
    expect(printed).not.toContain(key.trim().slice(2));
    await expect(runNetwork(make)).rejects.toThrow("EEXIST");
    expect(readFileSync(join(dir, "key"), "utf8")).toBe(key);
  });

  test("members bring their own keys, and a later one is added by its enode", async () => {
    const members: string[] = [];
    for (let n = 1; n <= 5; n += 1) {
      printed = "";
      await runNetwork([
        "key",
        "--client",
        "goquorum",
        "--host",
        `10.0.0.${n}`,
        "--dir",
        mkdtempSync(join(dir, "m-")),
      ]);
      members.push(enodeIn(printed));
    }
    const to = join(dir, "net");
    const four = members.slice(0, 4).join(",");
    await runNetwork(["init", "--client", "goquorum", "--members", four, "--rpc-nodes", "0", "--dir", to]);
    await runNetwork(["add", "--dir", to, "--enode", members[4] as string]);
    const peers = readFileSync(join(to, "nodes/validator-1/permissioned-nodes.json"), "utf8");
    expect(JSON.parse(peers)).toEqual(members);
    expect(printed).toContain("Added validator-5, address 0x");
  });

  test.each([
    ["no command", [], "genbo network init"],
    ["an unknown client", ["init", "--client", "geth"], "--client besu or --client goquorum"],
    ["an unknown option", ["init", "--client", "besu", "--validator", "4"], "--validator"],
    [
      "a host with two ports",
      ["key", "--client", "besu", "--host", "a:1:2"],
      "Not <address>[:<port>]: a:1:2",
    ],
    ["a folder without a network", ["runbook", "--dir", "/nonexistent"], "run genbo network init first"],
    ["an enode that is none", ["init", "--client", "besu", "--members", "10.0.0.1"], "Not an enode URL"],
  ])("%s: the message says what to do", async (_, args, message) => {
    await expect(runNetwork(args)).rejects.toThrow(message);
  });
});
