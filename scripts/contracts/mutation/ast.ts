import { createRequire } from "node:module";

/** What of solc's syntax tree the mutants need. */
export interface AstNode {
  nodeType: string;
  /** start:length:file, in bytes */
  src: string;
  name?: string;
  kind?: string;
  value?: string;
  operator?: string;
  constant?: boolean;
  leftExpression?: AstNode;
  rightExpression?: AstNode;
  subExpression?: AstNode;
  expression?: AstNode;
  leftHandSide?: AstNode;
  rightHandSide?: AstNode;
  condition?: AstNode;
  loopExpression?: AstNode | null;
  initializationExpression?: AstNode | null;
  modifierName?: AstNode;
  modifiers?: AstNode[];
  body?: AstNode | null;
  trueBody?: AstNode | null;
  falseBody?: AstNode | null;
  [key: string]: unknown;
}

interface Solc {
  compile(input: string): string;
}

const require = createRequire(import.meta.url);

/** Syntax trees of source files, without types. @param sources path → text @throws when one does not parse */
export function parse(sources: ReadonlyMap<string, string>): Map<string, AstNode> {
  const solc = require("solc") as Solc;
  const input = {
    language: "Solidity",
    sources: Object.fromEntries([...sources].map(([path, content]) => [path, { content }])),
    settings: { stopAfter: "parsing", outputSelection: { "*": { "": ["ast"] } } },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input))) as {
    errors?: { severity: string; formattedMessage: string }[];
    sources: Record<string, { ast: AstNode }>;
  };
  const error = output.errors?.find((one) => one.severity === "error");
  if (error !== undefined) throw new Error(error.formattedMessage);
  return new Map(Object.entries(output.sources).map(([path, { ast }]) => [path, ast]));
}

/** The nodes right below a node, in no promised order. */
export function childrenOf(node: AstNode): AstNode[] {
  const found: AstNode[] = [];
  for (const [key, value] of Object.entries(node)) {
    if (key === "documentation") continue;
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one === "object" && one !== null && "nodeType" in one) found.push(one as AstNode);
    }
  }
  return found;
}

export function placeOf(node: AstNode): { start: number; end: number } {
  const [start = 0, length = 0] = node.src.split(":").map(Number);
  return { start, end: start + length };
}
