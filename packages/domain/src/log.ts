export type LogLevel = "debug" | "info" | "warn" | "error";
export type LogFields = Record<string, unknown>;

/** Structured log. Never log a name, an address, a key or a whole request body: ids only. */
export interface Log {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A log that adds `fields` to each of its lines. */
  child(fields: LogFields): Log;
}

export interface LogOptions {
  level?: LogLevel;
  fields?: LogFields;
  /** Receives one JSON line with its newline; standard output by default. */
  write?: (line: string) => void;
}

const rank: Record<LogLevel, number> = { debug: 0, info: 1, warn: 2, error: 3 };

/** A log that writes one JSON object a line: `{time, level, msg, ...fields}`. Times here are operational, not legal. */
export function createLog(options: LogOptions = {}): Log {
  const { level = "info", fields = {}, write = (line) => process.stdout.write(line) } = options;
  const at = (lineLevel: LogLevel) => (message: string, extra?: LogFields) => {
    if (rank[lineLevel] < rank[level]) return;
    const line = { time: new Date().toISOString(), level: lineLevel, msg: message, ...fields, ...extra };
    write(`${JSON.stringify(line, encodeValue)}\n`);
  };
  return {
    debug: at("debug"),
    info: at("info"),
    warn: at("warn"),
    error: at("error"),
    child: (more) => createLog({ level, write, fields: { ...fields, ...more } }),
  };
}

/** A log that drops everything, for tests and tools that print for people. */
export const silentLog: Log = createLog({ write: () => undefined });

function encodeValue(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (!(value instanceof Error)) return value;
  const cause = value.cause === undefined ? {} : { cause: value.cause };
  return { name: value.name, message: value.message, stack: value.stack, ...cause };
}
