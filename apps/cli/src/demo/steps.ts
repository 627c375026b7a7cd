import { isDeepStrictEqual } from "node:util";

export interface Screen {
  /** Writes one line. */
  line(text: string): void;
  /** Says how far a long step is: rewrites the last line on a terminal, adds a line now and then elsewhere. */
  progress(text: string): void;
}

export interface StepReport {
  checks: { passed: number; failed: number };
  stepsMs: Record<string, number>;
}

/** What the body of a step gets: how to say what it does and what must hold. */
export interface Step {
  say(text: string): void;
  progress(text: string): void;
  /** Counts one check; a failed one is printed with both values and the demo goes on. */
  check(what: string, actual: unknown, expected: unknown): void;
}

export interface Steps {
  step<T>(name: string, title: string, body: (step: Step) => Promise<T>): Promise<T>;
  report: StepReport;
}

/** Starting the platform and admitting the parties come before the story. */
const unnumberedSteps = 2;

/** Runs the demo's steps one after the other, with their time and their checks. A step that throws ends the demo. */
export function createSteps(screen: Screen): Steps {
  const report: StepReport = { checks: { passed: 0, failed: 0 }, stepsMs: {} };
  let number = -unnumberedSteps;
  return {
    report,
    step: async (name, title, body) => {
      number += 1;
      const started = performance.now();
      screen.line(number > 0 ? `\n${number}. ${title}` : `\n${title}`);
      const step: Step = {
        say: (text) => screen.line(`   ${text}`),
        progress: (text) => screen.progress(`   … ${text}`),
        check: (what, actual, expected) => checkInto(report, screen, what, actual, expected),
      };
      try {
        return await body(step);
      } finally {
        const tookMs = Math.round(performance.now() - started);
        report.stepsMs[name] = tookMs;
        screen.line(`   ${(tookMs / 1000).toFixed(1)} s`);
      }
    },
  };
}

function checkInto(
  report: StepReport,
  screen: Screen,
  what: string,
  actual: unknown,
  expected: unknown,
): void {
  if (isDeepStrictEqual(actual, expected)) {
    report.checks.passed += 1;
    screen.line(`   ✓ ${what}`);
    return;
  }
  report.checks.failed += 1;
  screen.line(`   ✗ ${what}: expected ${show(expected)}, got ${show(actual)}`);
}

const show = (value: unknown) =>
  JSON.stringify(value, (_, each) => (typeof each === "bigint" ? `${each}` : each));

const quietProgressMs = 3_000; // on a pipe or in a log one line in three seconds is enough

/** The terminal (or the pipe) that the person who runs the demo looks at. */
export function terminalScreen(output: NodeJS.WriteStream): Screen {
  let open = false;
  let last = 0;
  const clear = () => {
    if (open) output.write("\r\x1b[2K");
    open = false;
  };
  return {
    line: (text) => {
      clear();
      output.write(`${text}\n`);
    },
    progress: (text) => {
      if (output.isTTY) {
        clear();
        output.write(text);
        open = true;
      } else if (Date.now() - last > quietProgressMs) {
        last = Date.now();
        output.write(`${text}\n`);
      }
    },
  };
}
