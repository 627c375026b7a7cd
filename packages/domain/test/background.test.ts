import { startBackground } from "@genbo/domain/background";
import { expect, test } from "vitest";

const never = 2 ** 30;

/** Resolves when the turn of this number has begun. */
function turns(say: (turn: number) => Promise<boolean>) {
  const waiting = new Map<number, () => void>();
  let begun = 0;
  return {
    begun: () => begun,
    turn: () => {
      begun += 1;
      waiting.get(begun)?.();
      return say(begun);
    },
    reached: (turn: number) =>
      begun >= turn ? Promise.resolve() : new Promise<void>((done) => waiting.set(turn, done)),
  };
}

test("a turn that leaves work behind is followed by another at once, one that does not when somebody wakes it", async () => {
  const { turn, reached, begun } = turns(async (number) => number < 3);
  const work = startBackground(never, turn);
  await reached(3);
  work.wake();
  await reached(4);
  await work.stop();
  await work.done;
  expect(begun()).toBe(4);
});

test("what comes during a turn has a turn of its own, and nobody need wake it for one after its time", async () => {
  const { turn, reached } = turns(async (number) => {
    await new Promise((done) => setImmediate(done));
    if (number === 1) work.wake();
    return false;
  });
  const work = startBackground(never, turn);
  await reached(2);
  await work.stop();
  const again = turns(async () => false);
  const timed = startBackground(1, again.turn);
  await again.reached(3);
  await timed.stop();
});

test("it stops when the turn under way has ended, and says by what it broke off", async () => {
  let end = () => {};
  const { turn, begun } = turns(() => new Promise((done) => (end = () => done(true))));
  const work = startBackground(never, turn);
  let stopped = false;
  const stopping = work.stop().then(() => (stopped = true));
  await new Promise((done) => setImmediate(done));
  expect(stopped).toBe(false);
  end();
  await stopping;
  expect(begun()).toBe(1);

  const broken = startBackground(never, () => Promise.reject(new Error("gone")));
  await expect(broken.done).rejects.toThrow("gone");
  await broken.stop();
});
