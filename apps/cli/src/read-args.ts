import { type ParseArgsConfig, parseArgs } from "node:util";

/** What a command was given. @throws Error for the user, with the usage, where that is not for it */
export function readArgs<Config extends ParseArgsConfig>(
  usage: string,
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : error}\n${usage}`);
  }
}
