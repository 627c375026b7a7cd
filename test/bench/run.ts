/** What a run of the benches gives to whatever it starts. */
export interface Run {
  /** One line about what goes on, for whoever waits. */
  say(line: string): void;
  /** A fresh folder, removed at the end. */
  folder(name: string): string;
  /** Runs at the end, what came last first. */
  atEnd(undo: () => unknown): void;
}
