import { spawn } from "node:child_process";
import { endChild, exitOf } from "@genbo/domain/tether";
import { expect, test } from "vitest";
import { keepUp, type Running } from "../src/supervisor-unit.ts";

/** A real program that lives until it is told to end. */
async function sleeper(): Promise<Running> {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  return {
    pid: child.pid ?? 0,
    exited: exitOf(child),
    stop: async () => void (await endChild(child, ["SIGTERM", "SIGKILL"], 2_000)),
  };
}

const alive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test("a killed program is started again, with one line about it, and stop ends it for good", async () => {
  const notices: string[] = [];
  const unit = await keepUp("sleeper", sleeper, (line) => notices.push(line));
  const first = unit.current()?.pid ?? 0;
  await unit.kill();
  expect(unit.current()).toBeUndefined();
  const second = (await unit.ready()).pid;
  expect(second).not.toBe(first);
  expect(notices).toEqual(["sleeper ended (SIGKILL), starting it again"]);
  await unit.stop();
  expect(alive(second)).toBe(false);
  expect(notices).toHaveLength(1);
});

test("a restart that fails is tried again; the first start's error is the caller's", async () => {
  const notices: string[] = [];
  let starts = 0;
  const flaky = () => {
    starts += 1;
    return starts === 2 ? Promise.reject(new Error("no port")) : sleeper();
  };
  const unit = await keepUp("flaky", flaky, (line) => notices.push(line));
  await unit.kill();
  await unit.ready();
  expect(notices).toEqual(["flaky ended (SIGKILL), starting it again", "flaky did not start: no port"]);
  await unit.stop();
  const broken = () => Promise.reject(new Error("no binary"));
  await expect(keepUp("broken", broken, () => undefined)).rejects.toThrow("no binary");
});

test("stop during the delay before a restart starts nothing more", async () => {
  let starts = 0;
  const unit = await keepUp(
    "once",
    () => {
      starts += 1;
      return sleeper();
    },
    () => undefined,
  );
  await unit.kill();
  await unit.stop();
  expect(starts).toBe(1);
});
