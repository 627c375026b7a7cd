import { z } from "zod";

/** JSON schema, as far as the route table's schemas use it. */
interface Node {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: Node[];
  oneOf?: Node[];
  allOf?: Node[];
  properties?: Record<string, Node>;
  required?: string[];
  items?: Node;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  $ref?: string;
}

/** A number from 0 (included) to 1; the same seed gives the same numbers (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The ends of what is allowed, and beside them: days, instants, places in a register, numbers, texts. */
const extremes: readonly string[] = [
  ...["1970-01-02", "1969-12-31", "2149-06-06", "2021-08-02", "2021-02-28", "0001-01-01"],
  ...[
    "1970-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999Z",
    "2021-08-02T24:00:00Z",
    "2021-08-02T00:00:00+14:00",
  ],
  ...[
    "2021-08-02T00:00:00.999999999Z",
    "2016-12-31T23:59:60Z",
    "2021-08-02T00:00Z",
    "0000-01-01T00:00:00-23:59",
  ],
  ...["block:0", "block:2147483648", "block:999999999999999", "entry:0", "entry:1", "entry:2147483648"],
  ...["entry:4294967296", "entry:999999999999999", "latest"],
  ...["0", "1", "2", "100", "2147483647", "2147483648", "4294967296", "9007199254740993"],
  ...["9223372036854775806", "9223372036854775807", "9999999999999999999", "999999999999999"],
  ...[(2n ** 256n - 1n).toString(), "1".padEnd(77, "0")],
  ...[
    "x",
    "東京都",
    "\u{20bb7}野家",
    "=1+1",
    "%",
    "'",
    "a".repeat(200),
    "あ".repeat(200),
    "🄰".repeat(99),
    "150-0041",
  ],
  ...["a".repeat(4000), "JP", "ミホン", "Mihon Taro"],
  ...[`0x${"0".repeat(40)}`, `0x${"f".repeat(40)}`, `0x${"A".repeat(40)}`],
  ...[`0x${"0".repeat(64)}`, `0x${"f".repeat(64)}`, "0".repeat(64), "f".repeat(64)],
  ...[`0x${"0".repeat(24)}`, `0x${"f".repeat(24)}`, `0x${"1b".repeat(65)}`, `0x${"00".repeat(65)}`],
];

interface Formed {
  /** A value in which nothing belongs together. */
  all(): unknown;
  /** Values that are right but for one part, each part in turn: what others do not stand in the way of. */
  butOne(right: unknown): Generator<unknown>;
}

/** Of a part's possible values so many are tried. */
const triesOfPart = 5;

/**
 * Makes values that have the form of a schema and mean nothing: what comes through the check of form, and must be
 * refused by what comes after it.
 * @param known texts that name something: ids of every kind, accounts, refs
 */
export function formed(schema: z.ZodType, known: readonly string[], random: () => number): Formed {
  const json = z.toJSONSchema(schema, {
    io: "input",
    target: "draft-2020-12",
    unrepresentable: "any",
  }) as Node & {
    $defs?: Record<string, Node>;
  };
  const words = [...known, ...extremes];
  const one = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;

  const texts = (node: Node): readonly string[] => {
    const { pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY, format } = node;
    const form = pattern === undefined ? undefined : new RegExp(pattern, "u");
    const fits = words.filter(
      (word) =>
        word.length >= minLength &&
        word.length <= maxLength &&
        (form?.test(word) ?? true) &&
        (format !== "date" || /^\d{4}-\d\d-\d\d$/.test(word)),
    );
    return fits.length > 0 ? fits : words;
  };
  const numbers = ({ minimum = -1, maximum = Number.MAX_SAFE_INTEGER }: Node): number[] => [
    minimum,
    maximum,
    ...[0, 1, 2, 392, 65_535, 2 ** 31, 2 ** 32 - 1].filter((n) => n >= minimum && n <= maximum),
  ];
  const refer = (node: Node): Node =>
    node.$ref === undefined ? node : json.$defs![node.$ref.split("/").at(-1)!]!;

  const make = (node: Node, depth: number): unknown => {
    if (node.$ref !== undefined) return make(refer(node), depth);
    if (node.const !== undefined) return node.const;
    if (node.enum !== undefined) return one(node.enum);
    const union = node.anyOf ?? node.oneOf;
    if (union !== undefined) return make(one(union), depth);
    if (node.allOf !== undefined)
      return Object.assign({}, ...node.allOf.map((part) => make(part, depth) as object));
    switch (node.type) {
      case "object": {
        const required = new Set(node.required);
        const fields = Object.entries(node.properties ?? {}).filter(
          ([name]) => required.has(name) || random() < 0.5,
        );
        return Object.fromEntries(fields.map(([name, field]) => [name, make(field, depth + 1)]));
      }
      case "array": {
        const { minItems = 0, maxItems = 3 } = node;
        const length = Math.min(maxItems, minItems + Math.floor(random() * 3));
        return Array.from({ length }, () => make(node.items ?? {}, depth + 1));
      }
      case "string":
        return one(texts(node));
      case "integer":
      case "number":
        return one(numbers(node));
      case "boolean":
        return random() < 0.5;
      case "null":
        return null;
      default:
        return one(words);
    }
  };

  /** Some of what may stand in a part that has none itself. */
  const valuesOf = (node: Node): readonly unknown[] => {
    if (node.const !== undefined) return [node.const];
    if (node.type === "boolean") return [true, false];
    if (node.type === "null") return [null];
    const some = node.enum ?? (node.type === "string" ? texts(node) : numbers(node));
    return Array.from({ length: triesOfPart }, () => one<unknown>(some));
  };
  const butOne = function* (of: Node, right: unknown): Generator<unknown> {
    const node = refer(of);
    const union = node.anyOf ?? node.oneOf ?? node.allOf;
    if (union !== undefined) {
      const alike = union.filter((part) => isLike(refer(part), right));
      for (const part of alike.length > 0 ? alike : union) yield* butOne(part, right);
    } else if (node.type === "object") {
      const whole = (right ?? make(node, 0)) as Record<string, unknown>;
      for (const [name, field] of Object.entries(node.properties ?? {}))
        for (const value of butOne(field, whole[name])) yield { ...whole, [name]: value };
    } else if (node.type === "array") {
      const [first, ...others] = (right ?? []) as unknown[];
      for (const value of butOne(node.items ?? {}, first)) yield [value, ...others];
    } else yield* new Set(valuesOf(node));
  };
  return { all: () => make(json, 0), butOne: (right) => butOne(json, right) };
}

/** Whether a form that is told from others by a constant is that of a value. */
function isLike({ properties = {} }: Node, value: unknown): boolean {
  const constants = Object.entries(properties).flatMap(([name, field]) =>
    field.const === undefined ? [] : [[name, field.const] as const],
  );
  const fields = (value ?? {}) as Record<string, unknown>;
  return constants.length > 0 && constants.every(([name, constant]) => fields[name] === constant);
}
