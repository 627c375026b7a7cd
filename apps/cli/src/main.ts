interface Command {
  usage: string;
  /** Loads what the command needs and runs it. */
  run(args: readonly string[]): Promise<void>;
}

const commands: Readonly<Record<string, Command>> = {
  start: {
    usage:
      "start [--data DIR] [--port N] [--only NAME,…] run the platform, or some of its processes, until Ctrl-C",
    run: async (args) => (await import("./start.ts")).start(args),
  },
  demo: {
    usage: "demo [--json FILE] [--data DIR]   run a real issue of 2021 through the REST API",
    run: async (args) => (await import("./demo/command.ts")).demo(args),
  },
  verify: {
    usage: "verify EXPORT --rpc URL [--json] is an export of the register the chain's own? needs no database",
    run: async (args) => (await import("./verify.ts")).verify(args),
  },
  reconcile: {
    usage: "reconcile ISSUE --url URL --key-file FILE [--json] compare register and contract in full",
    run: async (args) => (await import("./reconcile.ts")).reconcile(args),
  },
  audit: {
    usage:
      "audit [--noted SEQ:HASH] [--data DIR] [--json] does the chain of seals over the audit trail hold?",
    run: async (args) => (await import("./audit.ts")).audit(args),
  },
  reindex: {
    usage:
      "reindex [--switch] [--data DIR] [--json] rebuild the register from block 0 beside the live one, compare, switch",
    run: async (args) => (await import("./reindex.ts")).reindex(args),
  },
  contracts: {
    usage: "contracts manifest|verify --rpc URL is the chain's code what these sources compile to?",
    run: async (args) => (await import("./contracts.ts")).runContracts(args),
  },
  successor: {
    usage:
      "successor OLD_EXPORT [NEW_EXPORT] opening entries on new contracts, and the proof that they equal the close",
    run: async (args) => (await import("./successor.ts")).successor(args),
  },
  network: {
    usage: "network init|key|add|runbook   make and change the files of a QBFT network",
    run: async (args) => (await import("./network.ts")).runNetwork(args),
  },
};

const [name = "", ...args] = process.argv.slice(2);
const command = commands[name];
if (command === undefined) {
  const usages = Object.values(commands).map((each) => `  ${each.usage}`);
  console.error(["Usage: npm run genbo -- COMMAND", ...usages].join("\n"));
  process.exit(2);
}
try {
  await command.run(args);
  process.exit();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
