import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { readArgs } from "../read-args.ts";
import { type Stack, startStack } from "../supervisor.ts";
import { type DemoResult, platformBegins, runDemo } from "./run.ts";
import { createSteps, type Screen, terminalScreen } from "./steps.ts";

const usage = "Usage: npm run demo -- [--json FILE] [--data DIR]";

const defaultDataDir = ".genbo/demo";

/** `npm run demo`: brings up a platform of its own, runs the issue through it and stops it; fails when a check did. */
export async function demo(args: readonly string[]): Promise<void> {
  const { values } = readArgs(usage, {
    args,
    options: { json: { type: "string" }, data: { type: "string", default: defaultDataDir } },
  });
  if (values.json !== undefined) mustBeWritable(values.json);
  const result = await demoOn(resolve(values.data), terminalScreen(process.stdout));
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(result, undefined, 2)}\n`);
  if (result.checks.failed > 0) process.exitCode = 1;
}

/** Found out before the demo, which takes a minute. What stands in the file stays until then. */
function mustBeWritable(path: string): void {
  try {
    closeSync(openSync(path, "a"));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === "ENOENT" ? "its folder does not exist" : (error as Error).message;
    throw new Error(`--json ${path} cannot be written: ${reason}.`);
  }
}

/** Runs the demo on a data folder, which it makes when it is missing, and leaves nothing running. */
export async function demoOn(dataDir: string, screen: Screen): Promise<DemoResult> {
  const steps = createSteps(screen);
  let stack: Stack | undefined;
  const stop = async () => {
    const running = stack;
    stack = undefined;
    await running?.stop();
  };
  const interrupted = (signal: NodeJS.Signals) => {
    screen.line(`\n${signal}: stopping; run the demo again to go on from here`);
    stop().finally(() => process.exit(1));
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.once(signal, interrupted);
  try {
    const started = await steps.step(
      "start",
      "PostgreSQL, a chain, our contracts and our processes",
      async (step) => {
        stack = await startStack({
          dataDir,
          genesisTime: platformBegins,
          progress: (line) => step.say(line),
          notice: (line) => screen.line(`   ! ${line}`),
        });
        return stack;
      },
    );
    const platform = {
      url: started.urls.api,
      rpcUrl: started.urls.chain,
      operatorSecret: readFileSync(started.folder.operatorKeyFile, "utf8").trim(),
      dataDir,
      startCommand: `npm start -- --data ${shortPath(dataDir)}`,
    };
    return await runDemo(steps, screen, platform);
  } finally {
    await stop();
    for (const signal of signals) process.off(signal, interrupted);
  }
}

function shortPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere === "" || fromHere.startsWith("..") ? path : fromHere;
}
