import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "@genbo/cli/demo/random";
import { serviceNames } from "@genbo/cli/supervisor-service";
import type { TcpLink } from "../../support/tcp-link.ts";
import type { Fault } from "./fault.ts";
import type { World } from "./world.ts";

/** The connections that a fault may break: each process with its database, and the callers with the api. */
const pairs = [...serviceNames.map((name) => `${name} and its database`), "callers and the api"] as const;
const apartMsMax = 2_000;
const delayMsMax = 100;

function between({ wires, door }: World, pair: string): TcpLink {
  const name = serviceNames.find((each) => pair === `${each} and its database`);
  return name === undefined ? door : wires.get(name)!.database;
}

function wireFault(
  random: Random,
  what: string,
  begin: (link: TcpLink) => void,
  end: (link: TcpLink) => void,
): Fault {
  const [pair, ms] = [random.pick(pairs), 100 + random.int(apartMsMax)];
  return {
    name: `${what} between ${pair}`,
    strike: async (world) => {
      const link = between(world, pair);
      begin(link);
      await sleep(ms);
      end(link);
      return true;
    },
  };
}

export const cut = (random: Random): Fault =>
  wireFault(
    random,
    "a cut",
    (link) => link.cut(),
    (link) => link.mend(),
  );

export const freeze = (random: Random): Fault =>
  wireFault(
    random,
    "silence",
    (link) => link.freeze(),
    (link) => link.thaw(),
  );

export function delay(random: Random): Fault {
  const ms = 5 + random.int(delayMsMax);
  return wireFault(
    random,
    "a delay",
    (link) => link.delay(ms),
    (link) => link.delay(0),
  );
}
