import { type AstNode, childrenOf, placeOf } from "./ast.ts";
import {
  type Change,
  conditionChanges,
  expressionChanges,
  type Mutant,
  statementChanges,
} from "./mutants.ts";

/** How a mutant takes the place of what stands at its node. */
type Manner = "expression" | "statement" | "modifier";

interface Site {
  node: AstNode;
  manner: Manner;
  mutants: Mutant[];
}

/** A source file with all its mutants, of which any set can be switched in by the block's coinbase. */
export class MutableFile {
  readonly mutants: Mutant[] = [];
  private readonly source: Buffer;
  private readonly ast: AstNode;
  private readonly sites = new Map<AstNode, Site>();
  /** Function body → its guards: what a removed modifier had checked. */
  private readonly bodies = new Map<AstNode, AstNode[]>();
  readonly path: string;

  /** @param firstId the first mutant's number; numbers go on over the files */
  constructor(path: string, text: string, ast: AstNode, firstId: number) {
    this.path = path;
    this.source = Buffer.from(text);
    this.ast = ast;
    this.nextId = firstId;
    this.collect(ast, "");
  }

  private nextId: number;

  /** The source with the given mutants switched in by coinbase; without any, the source as it is. */
  render(chosen: ReadonlySet<number>): string {
    // See Workspace.loosen.
    return this.textOf(this.ast, chosen).replace(/\bpure\b/g, "view");
  }

  private readonly raw = (node: AstNode): string => {
    const { start, end } = placeOf(node);
    return this.source.subarray(start, end).toString();
  };

  private collect(node: AstNode, within: string): void {
    if (node.nodeType === "InlineAssembly") return;
    if (node.nodeType === "VariableDeclaration" && node.constant === true) return;
    if (node.nodeType === "FunctionDefinition" || node.nodeType === "ModifierDefinition") {
      within = node.name || node.kind || "";
      this.collectModifiers(node, within);
    }
    this.add(node, "expression", within, expressionChanges(node, this.raw));
    if (node.nodeType === "IfStatement" || node.nodeType === "Conditional") {
      this.add(node.condition!, "expression", within, conditionChanges());
    }
    if (node.nodeType === "ExpressionStatement" || node.nodeType === "EmitStatement") {
      this.add(node, "statement", within, statementChanges(node, this.raw));
    }
    const skipped = [node.loopExpression, node.initializationExpression];
    for (const child of childrenOf(node)) {
      if (!skipped.includes(child)) this.collect(child, within);
    }
  }

  /** `restricted` checks before the body, so a check that a mutant can switch off stands at the body's head. */
  private collectModifiers(fn: AstNode, within: string): void {
    const guards = (fn.modifiers ?? []).filter(({ modifierName }) => modifierName?.name === "restricted");
    if (guards.length === 0 || !fn.body) return;
    this.bodies.set(fn.body, guards);
    for (const guard of guards) this.add(guard, "modifier", within, [{ operator: "modifier", after: "" }]);
  }

  private add(node: AstNode, manner: Manner, within: string, changes: readonly Change[]): void {
    if (changes.length === 0) return;
    const site = this.sites.get(node) ?? { node, manner, mutants: [] };
    this.sites.set(node, site);
    const before = this.raw(node);
    const line = this.source.subarray(0, placeOf(node).start).toString().split("\n").length;
    for (const { operator, after } of changes) {
      const mutant: Mutant = { id: this.nextId++, file: this.path, line, within, operator, before, after };
      site.mutants.push(mutant);
      this.mutants.push(mutant);
    }
  }

  private textOf(node: AstNode, chosen: ReadonlySet<number>): string {
    const site = this.sites.get(node);
    const active = site?.mutants.filter(({ id }) => chosen.has(id)) ?? [];
    const original = this.original(node, chosen);
    if (active.length === 0) return original;
    if (site!.manner === "modifier") return "";
    if (site!.manner === "expression") {
      return `(${active.map(({ id, after }) => `${when(id)} ? (${after}) : `).join("")}(${original}))`;
    }
    const otherwise = active.reduce(
      (rest, { id, after }) => `if (${when(id)}) { ${after === "" ? "" : `${after};`} } else ${rest}`,
      `{ ${original}; }`,
    );
    return `{ ${otherwise} }`;
  }

  /** The node's source with its children's mutants in it. */
  private original(node: AstNode, chosen: ReadonlySet<number>): string {
    const { start, end } = placeOf(node);
    let at = node === this.ast ? 0 : start;
    let text = "";
    const children = childrenOf(node).sort((a, b) => placeOf(a).start - placeOf(b).start);
    for (const child of children) {
      const place = placeOf(child);
      if (place.start < at || place.end > end) continue;
      text += this.source.subarray(at, place.start) + this.textOf(child, chosen);
      at = this.endOf(child, chosen);
    }
    text += this.source.subarray(at, end);
    return this.withGuards(node, text, chosen);
  }

  private withGuards(node: AstNode, text: string, chosen: ReadonlySet<number>): string {
    const removed = (this.bodies.get(node) ?? [])
      .flatMap((guard) => this.sites.get(guard)!.mutants)
      .filter(({ id }) => chosen.has(id));
    if (removed.length === 0) return text;
    const check = removed.map(({ id }) => `if (!${when(id)}) _checkCanCall(msg.sender, msg.data);`).join(" ");
    return `{ ${check} ${text.slice(1)}`;
  }

  /** Where the source goes on after a node: a switched statement brings its semicolon along, also as an if's last. */
  private endOf(node: AstNode, chosen: ReadonlySet<number>): number {
    if (this.isStatementWithMutants(node, chosen)) return this.afterSemicolon(placeOf(node).end);
    const last = lastStatementOf(node);
    return last ? this.endOf(last, chosen) : placeOf(node).end;
  }

  private isStatementWithMutants(node: AstNode, chosen: ReadonlySet<number>): boolean {
    const site = this.sites.get(node);
    return site?.manner === "statement" && site.mutants.some(({ id }) => chosen.has(id));
  }

  private afterSemicolon(end: number): number {
    return this.source.indexOf(";", end) + 1;
  }
}

/** The statement without braces that a branch or loop ends in, if it does. */
function lastStatementOf(node: AstNode): AstNode | undefined {
  if (node.nodeType === "IfStatement") return node.falseBody ?? node.trueBody ?? undefined;
  const loops = ["ForStatement", "WhileStatement"].includes(node.nodeType);
  return (loops && node.body) || undefined;
}

function when(id: number): string {
  return `(block.coinbase == address(${id}))`;
}
