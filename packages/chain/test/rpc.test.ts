import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { classifySendRefusal } from "../src/errors.ts";
import { callsPerRequestMax, createRpc } from "../src/rpc.ts";
import { NodeRefused, NodeUnavailable } from "../src/rpc-errors.ts";

interface Call {
  id: number;
  method: string;
  params: unknown[];
}
type Answer = { result: unknown } | { error: { code: number; message: string; data?: unknown } };

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const listen = (handler: (request: IncomingMessage, response: ServerResponse) => void) =>
  new Promise<string>((done) => {
    const server = createServer(handler);
    servers.push(server);
    server.listen(0, "127.0.0.1", () => done(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  });

/** A node that answers each call by `answer`. */
const node = (answer: (call: Call) => Answer, seen: Call[][] = []) =>
  listen(async (request, response) => {
    const calls = JSON.parse((await request.toArray()).join("")) as Call[];
    seen.push(calls);
    response.end(
      JSON.stringify(calls.map((call) => ({ jsonrpc: "2.0", id: call.id, ...answer(call) })).reverse()),
    );
  });

const fail = (url: string) => createRpc([url], { timeoutMs: 300 }).call("eth_chainId");

test("results come back in the order of the calls, whatever the order of the answers", async () => {
  const rpc = createRpc([await node(({ params }) => ({ result: params[0] }))]);
  expect(await rpc.all([1, 2, 3].map((value) => ({ method: "echo", params: [value] })))).toEqual([1, 2, 3]);
  rpc.close();
});

test("many and large calls are spread over requests that nodes accept", async () => {
  const seen: Call[][] = [];
  const rpc = createRpc([await node(({ params }) => ({ result: params[0] }), seen)]);
  const calls = Array.from({ length: 1_200 }, (_, index) => ({ method: "echo", params: [index] }));
  expect(await rpc.all(calls)).toEqual(calls.map(({ params }) => params[0]));
  expect(seen.map((each) => each.length)).toEqual([callsPerRequestMax, callsPerRequestMax, 200]);
  const large = Array.from({ length: 4 }, (_, index) => ({
    method: "echo",
    params: [`${index}`.repeat(700_000)],
  }));
  expect(await rpc.all(large)).toEqual(large.map(({ params }) => params[0]));
  expect(seen.slice(3).map((each) => each.length)).toEqual([2, 2]);
  rpc.close();
});

test("what the node refuses is final and carries its revert data; one call's error is not another's", async () => {
  const url = await node(({ method }) => {
    if (method === "revert") return { error: { code: 3, message: "execution reverted", data: "0x08c379a0" } };
    if (method === "nested")
      return { error: { code: -32_603, message: "reverted", data: { data: "0xabcd" } } };
    if (method === "parity") return { error: { code: -32_015, message: "VM", data: "Reverted 0xdead" } };
    return { result: "fine" };
  });
  const rpc = createRpc([url]);
  const outcomes = await rpc.batch(
    ["revert", "fine", "nested", "parity"].map((method) => ({ method, params: [] })),
  );
  expect(outcomes.map((each) => ("error" in each ? each.error : each.result))).toEqual([
    expect.objectContaining({ name: "NodeRefused", code: 3, data: "0x08c379a0", retryable: false }),
    "fine",
    expect.objectContaining({ name: "NodeRefused", data: "0xabcd" }),
    expect.objectContaining({ name: "NodeRefused", data: "0xdead" }),
  ]);
  await expect(rpc.call("revert")).rejects.toBeInstanceOf(NodeRefused);
  rpc.close();
});

test("what may go better later is retryable", async () => {
  const limit = await node(() => ({ error: { code: -32_005, message: "limit exceeded" } }));
  await expect(fail(limit)).rejects.toMatchObject({ name: "NodeUnavailable", retryable: true });
  const page = await listen((_, response) => response.end("<html>Welcome</html>"));
  await expect(fail(page)).rejects.toThrow("not a JSON-RPC node");
  const object = await listen((_, response) =>
    response.end('{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batch too large"}}'),
  );
  await expect(fail(object)).rejects.toThrow("batch too large");
  const missing = await listen((_, response) => response.end("[]"));
  await expect(fail(missing)).rejects.toThrow("no answer to eth_chainId");
  const silent = await listen(() => undefined);
  await expect(fail(silent)).rejects.toThrow("no answer within 300 ms");
  const cut = await listen((_, response) => {
    response.write("[{");
    response.destroy();
  });
  await expect(fail(cut)).rejects.toBeInstanceOf(NodeUnavailable);
  await expect(fail("http://127.0.0.1:1")).rejects.toBeInstanceOf(NodeUnavailable);
});

test("Besu's code for a limit is final where the transaction itself is too large", async () => {
  const method = "eth_sendRawTransaction";
  for (const message of [
    "Transaction gas limit exceeds block gas limit",
    "Transaction gas limit cap exceeded",
  ]) {
    const url = await node(() => ({ error: { code: -32_005, message } }));
    const error = await createRpc([url])
      .call(method)
      .catch((caught: Error) => caught);
    expect(error).toMatchObject({
      name: "NodeRefused",
      code: -32_005,
      message: `${method}: ${message} (-32005)`,
    });
    expect(classifySendRefusal((error as Error).message)).toBe("never");
  }
});

const failing = (method: string, code: number, seen: Call[][] = []) =>
  node((call) => {
    if (call.method === method) return { error: { code, message: "missing trie node" } };
    return { result: call.params[0] };
  }, seen);

test.each([
  ["eth_getBlockReceipts", -32_603, []],
  ["eth_getTransactionCount", -32_000, "0x7"],
  ["eth_sendRawTransaction", -32_005, "0xabcd"],
])(
  "a request with a call at which a node fails goes whole to the next one: %s (%i)",
  async (method, code, result) => {
    const seen: Call[][] = [];
    const good = await node((call) => ({ result: call.method === method ? result : "good" }));
    const rpc = createRpc([await failing(method, code, seen), good]);
    const calls = [method, "echo"].map((each) => ({ method: each, params: ["poor"] }));
    for (let turn = 0; turn < 3; turn += 1) expect(await rpc.all(calls)).toEqual([result, "good"]);
    expect(seen).toHaveLength(1);
    rpc.close();
  },
);

test.each([
  ["eth_getBlockByNumber", null],
  ["eth_getBlockReceipts", []],
  ["eth_getTransactionReceipt", null],
  ["eth_getTransactionCount", "0x7"],
  ["eth_call", "0x"],
])("what cannot be an answer to %s is none: the next node is asked", async (method, result) => {
  for (const garbled of [{}, 7, "latest", [{ logs: [{}] }], { hash: "0x1", number: {} }]) {
    const poor = await node(() => ({ result: garbled }));
    const both = createRpc([poor, await node(() => ({ result }))]);
    expect(await both.call(method)).toEqual(result);
    const alone = createRpc([poor]);
    await expect(alone.call(method)).rejects.toMatchObject({
      name: "NodeUnavailable",
      message: expect.stringContaining(`what it answers to ${method} is no answer to that`),
    });
    for (const rpc of [both, alone]) rpc.close();
  }
});

test("where every node fails at a call, the others in its request have their results", async () => {
  const method = "eth_getTransactionCount";
  const rpc = createRpc([
    await failing(method, -32_000),
    "http://127.0.0.1:1",
    await failing(method, -32_603),
  ]);
  const [failed, other] = await rpc.batch([method, "echo"].map((each) => ({ method: each, params: [7] })));
  expect(failed).toEqual({ error: expect.objectContaining({ name: "NodeUnavailable", retryable: true }) });
  expect(other).toEqual({ result: 7 });
  rpc.close();
});

test.each(["eth_sendRawTransaction", "eth_call"])(
  "what a node says of a transaction is final: %s",
  async (method) => {
    const seen: Call[][] = [];
    const rpc = createRpc([await failing(method, -32_000), await node(() => ({ result: null }), seen)]);
    await expect(rpc.call(method)).rejects.toMatchObject({ name: "NodeRefused", code: -32_000 });
    expect(seen).toEqual([]);
    rpc.close();
  },
);

test("an error names the host and never a password of the URL", async () => {
  const error = await fail("http://user:secret@127.0.0.1:1").catch((caught: Error) => caught);
  expect(String(error)).toContain("127.0.0.1:1");
  expect(JSON.stringify([String(error), (error as Error).stack])).not.toContain("secret");
});

test("the next node answers for one that does not, and is asked first from then on", async () => {
  const seen: Call[][] = [];
  const dead = "http://127.0.0.1:1";
  const alive = await node(() => ({ result: "0x1" }), seen);
  const rpc = createRpc([dead, alive], { timeoutMs: 500 });
  expect(await rpc.call("eth_chainId")).toBe("0x1");
  expect(rpc.url()).toBe(alive);
  expect(await rpc.call("eth_chainId")).toBe("0x1");
  expect(seen).toHaveLength(2);
  rpc.close();
  expect(() => createRpc([])).toThrow("CHAIN_RPC_URLS");
});
