import type * as TypeScript from 'typescript';
import { ts } from './typescript.js';

/** Whether a node is a loop. */
export const isLoop = (node: TypeScript.Node): node is TypeScript.IterationStatement =>
  ts.isIterationStatement(node, false);

/** Whether a statement itself awaits, outside of the functions in it. */
export function awaitsItself(node: TypeScript.Node): boolean {
  const search = (child: TypeScript.Node): boolean =>
    !ts.isFunctionLike(child) &&
    (ts.isAwaitExpression(child) ||
      (ts.isForOfStatement(child) && child.awaitModifier !== undefined) ||
      ts.forEachChild(child, search) === true);
  return search(node);
}

/** Whether an expression is a variable of an earlier cell, as the compiler writes it: `exports.a`. */
export const isEarlierVariable = (
  node: TypeScript.Node,
): node is TypeScript.PropertyAccessExpression & { name: TypeScript.Identifier } =>
  ts.isPropertyAccessExpression(node) &&
  ts.isIdentifier(node.name) &&
  ts.isIdentifier(node.expression) &&
  (node.expression.text === 'exports' || node.expression.text === hiddenExports);

/** The variables of earlier cells, in a cell that has an `exports` of its own. */
export const hiddenExports = '__solireward_exports';
