import type * as TypeScript from 'typescript';
import { awaitsItself, hiddenExports, isEarlierVariable, isLoop } from './syntax.js';
import { ts } from './typescript.js';

/** Which variables are used by functions, and so may be read and written while a loop calls one. */
export class Observed {
  /** Used by functions of later cells than their own; these follow a name to whichever cell declares it last. */
  readonly followed = new Set<string>();
  /** Used by functions of the cell that has declared them last. */
  readonly captured = new Set<string>();
}

/** Puts a loop that works on copies in the place of one that does not; `checked` is what was made of `loop` before. */
export type LoopCopies = (loop: TypeScript.Statement, checked: TypeScript.Statement) => TypeScript.Statement;

type WithLocals = TypeScript.Node & { locals?: Map<string, TypeScript.Symbol> };

const { factory } = ts;

/**
 * Makes the outer loops of a cell as fast as those of a function. V8 keeps a variable that any function uses, be it an
 * accessor for later cells, in memory, and makes an object of each fraction that is assigned to it. So a loop works
 * on copies, and gives them back when it ends in whatever way:
 * `{ let __copy_s = s; try { { let s = __copy_s; try { loop } finally { __copy_s = s; } } } finally { s = __copy_s; } }`.
 * That cannot be told from the loop itself as long as no function and nothing awaited sees these variables meanwhile.
 * @param file a cell, as the compiler leaves it
 * @param observed is brought up to date with the functions of this cell
 */
export function loopCopies(file: TypeScript.SourceFile, observed: Observed): LoopCopies {
  // Names that the cell has not.
  const prefix = file.text.includes('__copy_') ? '__solireward_copy_' : '__copy_';
  const exportsName = file.text.includes(hiddenExports) ? hiddenExports : 'exports';
  const variables = (file as WithLocals).locals ?? new Map<string, TypeScript.Symbol>();
  observe(file, variables, observed);
  const { followed, captured } = observed;
  const isFree = (name: string) => !followed.has(name) && !captured.has(name);

  return (loop, checked) => {
    if (!isOuter(loop)) return checked;
    /** Name -> whether the loop assigns it. */
    const own = new Map<string, boolean>();
    const earlier = new Map<string, boolean>();
    const declared = new Set<string>();
    const collect = (node: TypeScript.Node): void => {
      if (isEarlierVariable(node)) {
        if (isFree(node.name.text)) note(earlier, node.name.text, node);
      } else if (ts.isIdentifier(node)) {
        if (isDeclaredByVar(node)) declared.add(node.text);
        if (isCopyable(node, loop)) note(own, node.text, node);
      }
      ts.forEachChild(node, collect);
    };
    const isCopyable = (node: TypeScript.Identifier, loop: TypeScript.Statement) => {
      const symbol = placeOf(node, file) !== undefined ? variables.get(node.text) : undefined;
      const declaration = symbol?.valueDeclaration;
      if (!symbol || !declaration || declaration.pos > loop.pos) return false;
      if (!(symbol.flags & ts.SymbolFlags.Variable)) return false;
      return isConstant(declaration) || isFree(node.text);
    };
    collect(loop);
    // A `var` of the loop itself would clash with the copy of its name.
    for (const name of declared) {
      own.delete(name);
      earlier.delete(name);
    }
    return own.size + earlier.size === 0 ? checked : onCopies(checked, own, earlier, prefix, exportsName);
  };
}

function note(names: Map<string, boolean>, name: string, node: TypeScript.Node): void {
  names.set(name, names.get(name) === true || ts.isAssignmentTarget(node));
}

/** Whether a loop is in no function, and in no loop that works on copies already. */
function isOuter(loop: TypeScript.Node): boolean {
  for (let node = loop.parent; node; node = node.parent)
    if (ts.isFunctionLike(node) || ts.isClassLike(node) || (isLoop(node) && !awaitsItself(node)))
      return false;
  return true;
}

function isDeclaredByVar(node: TypeScript.Identifier): boolean {
  const { parent } = node;
  return (
    (ts.isVariableDeclaration(parent) || ts.isBindingElement(parent)) &&
    parent.name === node &&
    !(ts.getCombinedNodeFlags(parent) & ts.NodeFlags.BlockScoped)
  );
}

function isConstant(declaration: TypeScript.Declaration): boolean {
  return (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
}

/** Finds what functions use: variables of this cell, and by their names those of earlier ones. */
function observe(
  file: TypeScript.SourceFile,
  variables: Map<string, TypeScript.Symbol>,
  { followed, captured }: Observed,
): void {
  for (const name of variables.keys()) captured.delete(name);
  const search = (node: TypeScript.Node, inFunction: boolean): void => {
    if (inFunction && isEarlierVariable(node)) followed.add(node.name.text);
    if (ts.isIdentifier(node) && placeOf(node, file) === 'inside a function') captured.add(node.text);
    const within = inFunction || ts.isFunctionLike(node) || ts.isClassLike(node);
    ts.forEachChild(node, (child) => search(child, within));
  };
  search(file, false);
}

/** Where a name is used that means a variable of the whole cell; undefined if it means anything else. */
function placeOf(node: TypeScript.Identifier, file: TypeScript.SourceFile) {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return undefined;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return undefined;
  let place: 'outside' | 'inside a function' = 'outside';
  for (let scope: WithLocals = parent; scope !== file; scope = scope.parent) {
    if (scope.locals?.has(node.text)) return undefined;
    if (ts.isFunctionLike(scope) || ts.isClassLike(scope)) place = 'inside a function';
  }
  return place;
}

function onCopies(
  loop: TypeScript.Statement,
  own: ReadonlyMap<string, boolean>,
  earlier: ReadonlyMap<string, boolean>,
  prefix: string,
  exportsName: string,
): TypeScript.Statement {
  const shorten = (node: TypeScript.Node): TypeScript.Node =>
    isEarlierVariable(node) && earlier.has(node.name.text)
      ? node.name
      : ts.visitEachChild(node, shorten, ts.nullTransformationContext);
  const copies = [...own, ...earlier].map(([name, assigned]) => {
    const variable = factory.createIdentifier(name);
    const outside = earlier.has(name)
      ? factory.createPropertyAccessExpression(factory.createIdentifier(exportsName), name)
      : variable;
    return { variable, outside, copy: factory.createIdentifier(prefix + name), assigned };
  });
  const assigned = copies.filter((copy) => copy.assigned);
  const body = ts.visitNode(loop, shorten) as TypeScript.Statement;
  const inner = [
    variables(copies.map(({ variable, copy }) => [variable, copy])),
    finallyAssign(
      [body],
      assigned.map(({ variable, copy }) => [copy, variable]),
    ),
  ];
  return factory.createBlock([
    variables(copies.map(({ outside, copy }) => [copy, outside])),
    finallyAssign(
      [factory.createBlock(inner)],
      assigned.map(({ outside, copy }) => [outside, copy]),
    ),
  ]);
}

function variables(pairs: [TypeScript.Identifier, TypeScript.Expression][]): TypeScript.Statement {
  const declarations = pairs.map(([name, value]) =>
    factory.createVariableDeclaration(name, undefined, undefined, value),
  );
  return factory.createVariableStatement(
    undefined,
    factory.createVariableDeclarationList(declarations, ts.NodeFlags.Let),
  );
}

function finallyAssign(
  statements: TypeScript.Statement[],
  pairs: [TypeScript.Expression, TypeScript.Expression][],
): TypeScript.Statement {
  if (pairs.length === 0) return factory.createBlock(statements);
  const assignments = pairs.map(([target, value]) =>
    factory.createExpressionStatement(factory.createAssignment(target, value)),
  );
  return factory.createTryStatement(
    factory.createBlock(statements),
    undefined,
    factory.createBlock(assignments),
  );
}
