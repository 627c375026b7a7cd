// Starts one of our TypeScript programs under Node 24 from any Node 20 or newer, and installs the packages first
// when they are missing or older than the lockfile: `node scripts/bootstrap.mjs FILE [arguments]`.
// Plain JavaScript with no dependency, because it runs before anything is installed.
import { spawn } from "node:child_process";
import { existsSync, statSync, utimesSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const marker = join(root, "node_modules", ".modules.yaml");
const pnpm = "pnpm@10.34.9";
const parentWatchMs = 1_000;
const progressMs = 5_000;
// npm says nothing of a failure (a certificate, a proxy) before its last try, by default for more than a minute.
const npmRetries = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=3000"];
const oldestNode = 20;
const nodeWithTypes = 24;

const [file, ...args] = process.argv.slice(2);
if (!file) fail("usage: node scripts/bootstrap.mjs FILE [arguments]");
if (major(process.versions.node) < oldestNode)
  fail(`Genbo needs Node ${oldestNode} or newer, this is ${process.version}.`);

const env = environment();
if (!isInstalled()) await install();
const node = findNode();
if (!file.startsWith("scripts/")) await prepare();
process.exit(await run(node, [join(root, file), ...args], { stdio: "inherit" }));

/** npm's own variables (registry, prefix, init cwd, …) would change what the program's own npm calls do. */
function environment() {
  const kept = Object.entries(process.env).filter(([key]) => !/^npm_/i.test(key));
  const bins = [...nodePackages().map((dir) => join(dir, "bin")), join(root, "node_modules", ".bin")];
  const separator = process.platform === "win32" ? ";" : ":";
  const copy = Object.fromEntries(kept);
  const pathKey = Object.keys(copy).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  copy[pathKey] = [...bins, copy[pathKey]].filter(Boolean).join(separator);
  return copy;
}

function nodePackages() {
  const platform = process.platform === "win32" ? "win" : process.platform;
  return [join(root, "node_modules", `node-${platform}-${process.arch}`)];
}

/** A Mac has no Node package on the registry and brings its own Node 24. */
function findNode() {
  const name = process.platform === "win32" ? "node.exe" : "node";
  const packaged = nodePackages()
    .map((dir) => join(dir, "bin", name))
    .find((path) => existsSync(path));
  if (packaged) return packaged;
  if (major(process.versions.node) >= nodeWithTypes) return process.execPath;
  return fail(
    `No Node ${nodeWithTypes} package for ${process.platform}-${process.arch}: please install Node ${nodeWithTypes} and try again.`,
  );
}

/** pnpm writes .modules.yaml at the end of an install; a lockfile that is newer was changed since. */
function isInstalled() {
  return existsSync(marker) && statSync(marker).mtimeMs >= statSync(join(root, "pnpm-lock.yaml")).mtimeMs;
}

async function install() {
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  console.error("Installing packages (about 1 GB, the first time only) …");
  const progress = setInterval(() => console.error(`  still installing, ${seconds()}`), progressMs);
  const npx = process.platform === "win32" ? "npx.cmd" : "npx";
  const command = [
    "--yes",
    ...npmRetries,
    pnpm,
    "install",
    "--frozen-lockfile",
    "--reporter=append-only",
    "--loglevel=warn",
  ];
  // CI=true keeps pnpm from asking before it replaces a node_modules that another package manager left.
  const options = {
    stdio: ["ignore", 2, 2],
    env: { ...env, CI: "true" },
    shell: process.platform === "win32",
  };
  const code = await run(npx, command, options);
  clearInterval(progress);
  if (code !== 0)
    fail(
      `Installing packages failed (exit code ${code}). Is a package registry in reach? Run the command again to resume.`,
    );
  // pnpm leaves the marker alone when there was nothing to do.
  utimesSync(marker, new Date(), new Date());
  console.error(`Packages installed in ${seconds()}.`);
}

/** What is generated and not in git; the scripts do it themselves and report it in their own way. */
async function prepare() {
  const code = await run(node, [join(root, "scripts", "prepare.ts")], { stdio: ["ignore", 2, 2] });
  if (code !== 0) process.exit(code);
}

/** Runs a program to its end and gives its exit code; signals to us reach it once, and it never outlives us. */
function run(command, commandArgs, options) {
  return new Promise((done) => {
    const child = spawn(command, commandArgs, { cwd: root, env, ...options });
    const pass = (signal) => child.kill(signal);
    // Ctrl-C goes to the whole terminal group, the child included: we only wait for it to end. Without a terminal
    // a SIGINT was meant for us alone.
    const interrupt = () => process.stdin.isTTY || pass("SIGINT");
    process.on("SIGINT", interrupt);
    process.on("SIGTERM", pass);
    process.on("SIGHUP", pass);
    // npm dies of a signal without passing it on; its children must not stay behind.
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.ppid !== parent) pass("SIGTERM");
    }, parentWatchMs);
    const end = (code) => {
      clearInterval(watch);
      process.off("SIGINT", interrupt);
      process.off("SIGTERM", pass);
      process.off("SIGHUP", pass);
      done(code);
    };
    child.on("error", (error) => {
      console.error(`Cannot run ${command}: ${error.message}`);
      end(127);
    });
    child.on("exit", (code, signal) =>
      end(code ?? 128 + (signal === "SIGINT" ? 2 : signal === "SIGKILL" ? 9 : 15)),
    );
  });
}

function major(version) {
  return Number(version.split(".")[0]);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
