import type { Client } from "../client.ts";
import type { Step } from "./steps.ts";

/** Moves the platform's and the chain's time to an instant; no effect when a run before has been there already. */
export async function moveClock(step: Step, operator: Client, to: string): Promise<void> {
  const { body } = await operator.call("status");
  if (Date.parse(body.time) >= Date.parse(to)) return;
  const moved = await operator.call("moveClock", { body: { to }, key: `demo:clock:${to}` });
  step.say(`it is ${japanTime(moved.body.time)}`);
}

const japan = new Intl.DateTimeFormat("sv-SE", {
  timeZone: "Asia/Tokyo",
  dateStyle: "short",
  timeStyle: "short",
});
/** `2021-10-07 10:00 JST` */
const japanTime = (instant: string) => `${japan.format(new Date(instant))} JST`;
