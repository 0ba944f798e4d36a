import type * as TypeScript from 'typescript';
import { ts } from './typescript.js';

const { factory } = ts;

/**
 * Writes the variables of earlier cells as properties: `a` becomes `exports.a`. It runs after TypeScript's own
 * transformations, which have taken the types away.
 * @param isEarlier whether a symbol is what an earlier cell has declared
 * @param exportsName what the properties belong to
 */
export function writeEarlierVariables(
  checker: TypeScript.TypeChecker,
  isEarlier: (symbol: TypeScript.Symbol) => boolean,
  exportsName: string,
): TypeScript.TransformerFactory<TypeScript.SourceFile> {
  const written = (node: TypeScript.Identifier): TypeScript.Expression => {
    const source = ts.getParseTreeNode(node);
    if (!source || !ts.isIdentifier(source)) return node;
    const symbol =
      source.parent && ts.isShorthandPropertyAssignment(source.parent)
        ? checker.getShorthandAssignmentValueSymbol(source.parent)
        : checker.getSymbolAtLocation(source);
    if (!symbol || !isEarlier(symbol)) return node;
    return factory.createPropertyAccessExpression(factory.createIdentifier(exportsName), node);
  };
  return (context) => {
    const visit = (node: TypeScript.Node): TypeScript.Node => {
      if (ts.isIdentifier(node)) return written(node);
      if (ts.isExportDeclaration(node)) return node;
      if (ts.isPropertyAccessExpression(node)) {
        const expression = visit(node.expression) as TypeScript.Expression;
        return factory.updatePropertyAccessExpression(node, expression, node.name);
      }
      if (ts.isShorthandPropertyAssignment(node)) return shorthand(node);
      return ts.visitEachChild(node, visit, context);
    };
    /** `{ a }` becomes `{ a: exports.a }`, and in a pattern `{ a = 1 }` becomes `{ a: exports.a = 1 }`. */
    const shorthand = (node: TypeScript.ShorthandPropertyAssignment): TypeScript.Node => {
      const value = written(node.name);
      const fallback =
        node.objectAssignmentInitializer &&
        (visit(node.objectAssignmentInitializer) as TypeScript.Expression);
      if (value === node.name) return factory.updateShorthandPropertyAssignment(node, node.name, fallback);
      return factory.createPropertyAssignment(
        node.name,
        fallback ? factory.createAssignment(value, fallback) : value,
      );
    };
    return (file) => ts.visitEachChild(file, visit, context);
  };
}

/** Makes a constant of the last expression of a cell: `export const <name> = <expression>`. */
export function keepLastExpression(
  name: string,
  found: () => void,
): TypeScript.TransformerFactory<TypeScript.SourceFile> {
  return () => (file) => {
    const at = file.statements.findLastIndex((statement) => !ts.isExportDeclaration(statement));
    const last = file.statements[at];
    if (!last || !ts.isExpressionStatement(last)) return file;
    // Namespaces and enums have become calls, too.
    if (!ts.isExpressionStatement(ts.getParseTreeNode(last) ?? file)) return file;
    found();
    const constant = factory.createVariableStatement(
      [factory.createModifier(ts.SyntaxKind.ExportKeyword)],
      factory.createVariableDeclarationList(
        [factory.createVariableDeclaration(name, undefined, undefined, last.expression)],
        ts.NodeFlags.Const,
      ),
    );
    return factory.updateSourceFile(file, [
      ...file.statements.slice(0, at),
      constant,
      ...file.statements.slice(at + 1),
    ]);
  };
}
