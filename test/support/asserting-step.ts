import type { Step } from "@genbo/cli/demo/steps";
import { expect } from "vitest";

/** The demo's own steps as a test runs them: each of their checks is an assertion. */
export const assertingStep: Step = {
  say: () => undefined,
  progress: () => undefined,
  check: (what, actual, expected) => expect(actual, what).toStrictEqual(expected),
};
