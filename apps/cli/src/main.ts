import { networkUsage, runNetwork } from "./network.ts";
import { start, startUsage } from "./start.ts";

type Command = (args: readonly string[]) => Promise<void>;

/** Every command by its name; what a command needs is loaded with it. */
const commands: Readonly<Record<string, { usage: string; run: Command }>> = {
  start: { usage: startUsage, run: start },
  network: { usage: networkUsage, run: runNetwork },
};

const [name = "", ...args] = process.argv.slice(2);
const command = commands[name];
if (command === undefined) {
  console.error(
    `Usage: npm run genbo -- COMMAND\n${Object.values(commands)
      .map((each) => `  ${each.usage}`)
      .join("\n")}`,
  );
  process.exit(2);
}
try {
  await command.run(args);
  process.exit();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
