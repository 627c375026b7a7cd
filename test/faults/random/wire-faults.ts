import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "@genbo/cli/demo/random";
import { serviceNames } from "@genbo/cli/supervisor-service";
import type { TcpLink } from "../../support/tcp-link.ts";
import { type Fault, spell } from "./fault.ts";
import type { World } from "./world.ts";

/** The connections that a fault may break: of whoever does the work with the database, and of the callers with the api. */
const pairs = [...serviceNames.map((name) => `${name} and its database`), "callers and the api"] as const;
const apartMs = [100, 2_000] as const;
const delayMsMax = 100;

async function between({ wiresOf, door }: World, pair: string): Promise<TcpLink> {
  const name = serviceNames.find((each) => pair === `${each} and its database`);
  return name === undefined ? door : (await wiresOf(name)).database;
}

function wireFault(
  random: Random,
  what: string,
  begin: (link: TcpLink) => void,
  end: (link: TcpLink) => void,
): Fault {
  const pair = random.pick(pairs);
  const { ms, long } = spell(random, apartMs);
  return {
    name: `${what} between ${pair}${long}`,
    strike: async (world) => {
      const link = await between(world, pair);
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
