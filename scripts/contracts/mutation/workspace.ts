import { spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../../run.ts";

export interface Outcome {
  code: number;
  output: string;
}

/** A copy of the repository in which the contracts may be changed. The dependencies are the original's. */
export class Workspace {
  readonly path = mkdtempSync(join(tmpdir(), "genbo-mutants-"));

  constructor() {
    const own = [
      "contracts",
      "docs",
      "packages",
      "scripts",
      "hardhat.config.ts",
      "package.json",
      "tsconfig.json",
    ];
    for (const name of [...own, "vitest.config.ts"]) {
      cpSync(join(root, name), join(this.path, name), { recursive: true, verbatimSymlinks: true });
    }
    const modules = join(this.path, "node_modules");
    mkdirSync(modules);
    for (const name of readdirSync(join(root, "node_modules"))) {
      if (name === "@genbo") continue;
      symlinkSync(join(root, "node_modules", name), join(modules, name));
    }
    // Our own packages are the copy's: links that say where relative to themselves.
    cpSync(join(root, "node_modules/@genbo"), join(modules, "@genbo"), {
      recursive: true,
      verbatimSymlinks: true,
    });
    this.configure();
    this.loosen();
  }

  /** The coinbase, which switches mutants, may be read in a view function alone. */
  private loosen(): void {
    for (const name of readdirSync(join(this.path, "contracts"), { recursive: true, encoding: "utf8" })) {
      const path = join("contracts", name);
      if (!name.endsWith(".sol") || name.endsWith(".t.sol")) continue;
      this.write(path, readFileSync(join(this.path, path), "utf8").replace(/\bpure\b/g, "view"));
    }
  }

  /** The repository's configuration with the coinbase that the file `mutant` names, and contracts of any size. */
  private configure(): void {
    cpSync(join(this.path, "hardhat.config.ts"), join(this.path, "hardhat.base.ts"));
    this.write("mutant", "0");
    this.write(
      "hardhat.config.ts",
      `import { readFileSync } from "node:fs";
import base from "./hardhat.base.ts";
const id = Number(readFileSync(new URL("mutant", import.meta.url), "utf8"));
const coinbase = "0x" + id.toString(16).padStart(40, "0");
const berlin = { ...base.networks.berlin, coinbase, allowUnlimitedContractSize: true };
const invariant = { runs: 16, depth: 100, failOnRevert: true };
const solidity = { ...base.test.solidity.profiles.default, fuzz: { runs: 64 }, invariant, coinbase };
export default { ...base, networks: { berlin }, test: { solidity } };
`,
    );
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.path, file), text);
  }

  /** Runs a program of `node_modules/.bin`; killed after the given time, which counts as a failure. */
  run(tool: string, args: readonly string[], milliseconds: number): Promise<Outcome> {
    const child = spawn(tool, args, { cwd: this.path, stdio: ["ignore", "pipe", "pipe"], detached: true });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk));
    const timer = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), milliseconds);
    return new Promise((done, fail) => {
      child.on("error", fail);
      child.on("close", (code) => {
        clearTimeout(timer);
        done({ code: code ?? 1, output });
      });
    });
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
