import { type Day, dayOf, lastInstantOf } from "@genbo/domain/jst";
import { z } from "zod";
import { day, instant } from "./primitives.ts";

/** A moment of legal or known time; one that is not a time is a place in the register. */
export type Moment =
  | { kind: "instant"; at: Date }
  /** `at` is its last instant: a day counts to 24:00 JST. */
  | { kind: "day"; day: Day; at: Date }
  /** The end of a block. */
  | { kind: "block"; number: number }
  /** Just after an entry of the issue. */
  | { kind: "entry"; seq: number };
/** What is known now, whatever that is. */
export type Latest = { kind: "latest" };

const place = /^(block|entry):(0|[1-9][0-9]{0,14})$/;

function momentOf(text: string): Moment | undefined {
  const [, kind, digits] = place.exec(text) ?? [];
  if (kind === "block") return { kind, number: Number(digits) };
  if (kind === "entry") return { kind, seq: Number(digits) };
  if (day.safeParse(text).success) {
    const found = dayOf(text);
    return { kind: "day", day: found, at: lastInstantOf(found) };
  }
  const at = instant.safeParse(text);
  return at.success ? { kind: "instant", at: at.data } : undefined;
}

const forms =
  "an instant such as 2021-10-07T15:00:00+09:00, a day in Japan such as 2021-10-07 (24:00 JST), block:NUMBER or entry:NUMBER";
const fault = `is neither ${forms} (in a URL, write + as %2B)`;

const moment = <M>(parse: (text: string) => M | undefined, description: string) =>
  z
    .string()
    .describe(description)
    .transform((text, context): M => {
      const found = parse(text);
      if (found !== undefined) return found;
      context.addIssue({ code: "custom", message: fault });
      return z.NEVER;
    });

export const asOf = moment(momentOf, `What stood then: ${forms}`);
export const knownAt = moment<Moment | Latest>(
  (text) => (text === "latest" ? { kind: "latest" } : momentOf(text)),
  `What was known then: ${forms}; or latest. Left out, what was known at asOf: before every later rectification`,
);
