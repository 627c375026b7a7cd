import { type AstNode, childrenOf, parse, placeOf } from "./ast.ts";
import type { Mutant } from "./mutants.ts";
import type { MutableFile } from "./schema.ts";
import type { Workspace } from "./workspace.ts";

/** More switches in one function and the compiler runs out of stack. */
const mostInOneFunction = 10;
const compilePatience = 600_000;

/**
 * Writes and compiles the sources with as many of the mutants as go together in one build.
 * @returns those that are in it, and those that do not compile even alone in their function
 */
export async function compileAsMany(
  workspace: Workspace,
  files: readonly MutableFile[],
  wanted: ReadonlySet<Mutant>,
): Promise<{ compiled: Set<Mutant>; stillborn: Mutant[] }> {
  const inBuild = new Set<Mutant>();
  for (const group of Map.groupBy(wanted, functionOf).values()) {
    for (const mutant of group.slice(0, mostInOneFunction)) inBuild.add(mutant);
  }
  const stillborn: Mutant[] = [];
  for (;;) {
    const sources = write(workspace, files, inBuild);
    const { code, output } = await workspace.run("hardhat", ["build"], compilePatience);
    if (code === 0) {
      // What the tests in TypeScript deploy.
      await workspace.run("node", ["scripts/contracts/build.ts"], compilePatience);
      return { compiled: inBuild, stillborn };
    }
    const blamed = blame(output, sources, inBuild);
    if (blamed.length === 0)
      throw new Error(`the mutated contracts do not compile:\n${output.slice(0, 4000)}`);
    if (blamed.length === 1) stillborn.push(blamed[0]!);
    for (const mutant of blamed.slice(0, Math.ceil(blamed.length / 2))) inBuild.delete(mutant);
    console.log(`  does not compile, without ${Math.ceil(blamed.length / 2)} of ${blamed.length} again`);
  }
}

function functionOf({ file, within }: Mutant): string {
  return `${file} ${within}`;
}

function write(workspace: Workspace, files: readonly MutableFile[], mutants: ReadonlySet<Mutant>) {
  const ids = new Set([...mutants].map(({ id }) => id));
  const sources = new Map(files.map((file) => [file.path, file.render(ids)]));
  for (const [path, text] of sources) workspace.write(path, text);
  return sources;
}

/** The mutants of the function that the compiler's first error names. */
function blame(output: string, sources: ReadonlyMap<string, string>, mutants: ReadonlySet<Mutant>): Mutant[] {
  for (const [, path = "", line, column] of output.matchAll(/(contracts\/[\w/]+\.sol):(\d+):(\d+)/g)) {
    const text = sources.get(path);
    if (text === undefined) continue;
    const within = functionAt(path, text, Number(line), Number(column));
    const found = [...mutants].filter((mutant) => mutant.file === path && mutant.within === within);
    if (found.length > 0) return found;
  }
  return [];
}

function functionAt(path: string, text: string, line: number, column: number): string | undefined {
  const before = text.split("\n").slice(0, line - 1);
  const at = Buffer.byteLength(before.map((one) => `${one}\n`).join("")) + column - 1;
  const functions: AstNode[] = [];
  const look = (node: AstNode) => {
    if (node.nodeType === "FunctionDefinition" || node.nodeType === "ModifierDefinition")
      functions.push(node);
    else childrenOf(node).forEach(look);
  };
  look(parse(new Map([[path, text]])).get(path)!);
  const found = functions.find((node) => placeOf(node).start <= at && at <= placeOf(node).end);
  return found && (found.name || found.kind);
}
