import { spawn } from "node:child_process";
import { resolve } from "node:path";

export const root = resolve(import.meta.dirname, "..");

export interface RunResult {
  code: number;
  /** Everything that the program printed, in order. */
  output: string;
}

export interface RunOptions {
  /** Print what the program prints, as it comes. */
  show?: boolean;
  /** Instead of the inherited environment. */
  env?: Record<string, string>;
}

/** Runs a program of `node_modules/.bin` (on PATH since bootstrap.mjs) at the root of the repository. */
export function runTool(tool: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const child = spawn(tool, args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32", // npm's programs are .cmd files there
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  let output = "";
  const take = (to: NodeJS.WriteStream) => (chunk: Buffer) => {
    output += chunk;
    if (options.show === true) to.write(chunk);
  };
  child.stdout.on("data", take(process.stdout));
  child.stderr.on("data", take(process.stderr));
  return new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", (code) => done({ code: code ?? 1, output }));
  });
}
