import type { AstNode } from "./ast.ts";

/** One small change to the source, which some test should notice. */
export interface Mutant {
  /** From 1; the coinbase under which the mutated code takes effect. */
  id: number;
  file: string;
  line: number;
  /** The function, modifier or constructor that it stands in. */
  within: string;
  operator: string;
  before: string;
  after: string;
}

/** A change as found at a node: its text, and how the mutated source takes the place of the original. */
export interface Change {
  operator: string;
  after: string;
}

const relational: Record<string, string> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "==": "!=",
  "!=": "==",
};
const logical: Record<string, string> = { "&&": "||", "||": "&&" };
const arithmetic: Record<string, string> = { "+": "-", "-": "+", "*": "/", "/": "*", "%": "*" };
const bitwise: Record<string, string> = { "&": "|", "|": "&", "^": "&", "<<": ">>", ">>": "<<" };
const assignment: Record<string, string> = { "+=": "-=", "-=": "+=", "|=": "&=", "&=": "|=" };
const ordered = new Set(["-", "/", "%", "<<", ">>"]);
const boundary: readonly [string, Record<string, string>][] = [
  ["relational", relational],
  ["logical", logical],
  ["arithmetic", arithmetic],
  ["bitwise", bitwise],
];

/** Changes that can be made to an expression by putting another in its place. */
export function expressionChanges(node: AstNode, text: (node: AstNode) => string): Change[] {
  if (node.nodeType === "UnaryOperation" && node.operator === "!") {
    return [{ operator: "negation", after: text(node.subExpression!) }];
  }
  if (node.nodeType === "Literal" && node.kind === "bool") {
    return [{ operator: "literal", after: node.value === "true" ? "false" : "true" }];
  }
  if (node.nodeType !== "BinaryOperation") return [];
  const [left, right] = [text(node.leftExpression!), text(node.rightExpression!)];
  const changes: Change[] = [];
  for (const [operator, table] of boundary) {
    const other = table[node.operator!];
    if (other !== undefined) changes.push({ operator, after: `${left} ${other} ${right}` });
  }
  if (ordered.has(node.operator!)) {
    changes.push({ operator: "operands", after: `(${right}) ${node.operator} (${left})` });
  }
  return changes;
}

/** A condition that always or never holds: the check removed, or made to fire always. */
export function conditionChanges(): Change[] {
  return [
    { operator: "condition", after: "true" },
    { operator: "condition", after: "false" },
  ];
}

/** A statement left out, or assigning the other way. @param text of the statement without its semicolon */
export function statementChanges(node: AstNode, text: (node: AstNode) => string): Change[] {
  const changes: Change[] = [{ operator: "statement", after: "" }];
  const assigned = node.nodeType === "ExpressionStatement" ? node.expression : undefined;
  const other = assigned?.nodeType === "Assignment" ? assignment[assigned.operator!] : undefined;
  if (assigned !== undefined && other !== undefined) {
    const [to, value] = [text(assigned.leftHandSide!), text(assigned.rightHandSide!)];
    changes.push({ operator: "assignment", after: `${to} ${other} ${value}` });
  }
  return changes;
}
