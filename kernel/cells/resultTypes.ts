import type * as TypeScript from 'typescript';
import { keptResults } from './results.js';
import { ts } from './typescript.js';

/** A longer text of a type would cost each cell that uses it more than it is worth. */
const mostCharacters = 20_000;

/** What cells call the values of earlier cells, see {@link Results}. */
export const isResultName = (name: string): boolean => name === '_' || name === 'Out';

/**
 * The types of the values that are kept of cells, as text. A text is made when somebody asks for it, or before the checker goes
 * that it is made with: most cells never need theirs.
 */
export class ResultTypes {
  readonly #types = new Map<number, () => string>();
  #latest: (() => string) | undefined;

  /** Keeps the type of a cell's value. */
  keep(number: number, type: () => string): void {
    this.#latest = type;
    this.#types.delete(number);
    this.#types.set(number, type);
    if (this.#types.size > keptResults) this.#types.delete(this.#types.keys().next().value!);
  }

  /** Makes all texts, so that what they are made with can go. */
  settle(): void {
    for (const [number, type] of this.#types) this.#types.set(number, asText(type()));
    if (this.#latest) this.#latest = asText(this.#latest());
  }

  /** The type of `_` or `Out`; undefined before there is a value. */
  of(name: string): string | undefined {
    if (this.#latest === undefined || name === '_') return this.#latest?.();
    const known = [...this.#types].map(([number, type]) => `readonly ${number}: ${type()};`);
    return `{ readonly [cell: number]: any; ${known.join(' ')} }`;
  }
}

const asText = (text: string) => () => text;

/** The type of the last expression of a cell, awaited, as a later cell can write it; `any` where there is no such text. */
export function resultType(checker: TypeScript.TypeChecker, cell: TypeScript.SourceFile): string {
  const last = cell.statements.findLast((statement) => !ts.isExportDeclaration(statement));
  if (!last || !ts.isExpressionStatement(last)) return 'any';
  const type = checker.getTypeAtLocation(last.expression);
  const flags = ts.NodeBuilderFlags.NoTruncation | ts.NodeBuilderFlags.IgnoreErrors;
  const node = checker.typeToTypeNode(checker.getAwaitedType(type) ?? type, cell, flags);
  if (!node) return 'any';
  const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed });
  const text = printer
    .printNode(ts.EmitHint.Unspecified, node, cell)
    // TypeScript names files by their paths here, which an import does otherwise.
    .replace(/import\("([^"]+?)(\.d)?\.([cm]?)ts"/g, (_, path, isTypes, kind) =>
      isTypes ? `import("${path}.${kind}js"` : `import("${path}"`,
    );
  return text.length <= mostCharacters && isType(text) ? text : 'any';
}

/** Whether a text can stand as a type: what TypeScript says of a class without a name, for example, cannot. */
function isType(text: string): boolean {
  const file = ts.createSourceFile('type.d.ts', `declare const _: ${text};`, ts.ScriptTarget.Latest) as {
    parseDiagnostics?: readonly unknown[];
  } & TypeScript.SourceFile;
  return file.parseDiagnostics?.length === 0 && file.statements.length === 1;
}

/** Whether a name in a cell is not one that stands for something of the cell itself. */
export function isFree(node: TypeScript.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return false;
  for (let scope: TypeScript.Node & { locals?: Map<string, unknown> } = node; scope; scope = scope.parent)
    if (scope.locals?.has(node.text)) return false;
  return true;
}
