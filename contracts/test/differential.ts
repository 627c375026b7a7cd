import { Consents } from "./custody.ts";
import { Game } from "./game/game.ts";
import type { DifferentialResult, Ground } from "./game/ground.ts";
import { createPlatform } from "./platform.ts";

/** A small seeded generator (mulberry32): the same seed plays the same game. */
export function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const callsPerToken = 250;

/**
 * Plays random acts against a fresh token and the model side by side and throws at the first difference in code,
 * entry or head after an act, or in state every 25 acts.
 */
export async function runDifferential(seed: number, calls: number): Promise<DifferentialResult> {
  const platform = await createPlatform();
  const block = await platform.request<{ timestamp: string }>("eth_getBlockByNumber", ["latest", false]);
  const result: DifferentialResult = {
    calls: 0,
    done: 0,
    refused: 0,
    tokens: 0,
    moved: 0,
    codes: {},
    reached: {},
  };
  const random = generator(seed);
  const ground: Ground = { platform, random, records: new Map(), consents: new Consents(), result };
  let now = Number(block.timestamp);
  while (result.calls < calls) {
    const game = await Game.start(ground, now);
    for (let turn = 1; turn <= callsPerToken && result.calls < calls; turn++) {
      await game.play();
      if (turn % 25 === 0) await game.compareState();
    }
    await game.compareState();
    for (const [wallet, record] of game.model.records) ground.records.set(wallet, record);
    now = game.model.now;
    result.tokens++;
  }
  return result;
}
