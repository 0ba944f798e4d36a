import { existsSync, readFileSync } from 'node:fs';
import type * as TypeScript from 'typescript';
import { ts } from './typescript.js';

/** A longer default is not a value that one reads at a glance. */
const mostCharacters = 40;

/** Parsed JavaScript by its path; undefined where there is none. Packages do not change while they are in use. */
const parsed = new Map<string, TypeScript.SourceFile | undefined>();

/**
 * The defaults of a function's parameters, and of the options in them, by their names. A declaration file does not have them, so
 * they are read in the JavaScript beside it: `(a = 1, { b = 2 } = {})`, and in the body `const { c = 3 } = options` and
 * `options.d ?? 4`.
 */
export function defaultsOf(declaration: TypeScript.SignatureDeclaration): ReadonlyMap<string, string> {
  const defaults = new Map<string, string>();
  const path = declaration.getSourceFile().fileName;
  const file = path.endsWith('.d.ts') ? parse(path.replace(/\.d\.ts$/, '.js')) : declaration.getSourceFile();
  const implementation = file && (path.endsWith('.d.ts') ? find(file, declaration) : declaration);
  if (!file || !implementation) return defaults;
  const set = (name: TypeScript.Node, value: TypeScript.Expression) => {
    const [key, text] = [name.getText(file), value.getText(file)];
    if (!defaults.has(key) && text.length <= mostCharacters && !text.includes('\n')) defaults.set(key, text);
  };
  const setAll = (pattern: TypeScript.BindingName) => {
    if (!ts.isObjectBindingPattern(pattern)) return;
    for (const { propertyName, name, initializer } of pattern.elements)
      if (initializer) set(propertyName ?? name, initializer);
  };
  const names = new Set<string>();
  for (const { name, initializer } of implementation.parameters) {
    setAll(name);
    if (!ts.isIdentifier(name)) continue;
    names.add(name.text);
    if (initializer && initializer.getText(file) !== '{}') set(name, initializer);
  }
  const isParameter = (node: TypeScript.Node | undefined): boolean =>
    node !== undefined && ts.isIdentifier(node) && names.has(node.text);
  const visit = (node: TypeScript.Node): void => {
    if (ts.isVariableDeclaration(node) && isParameter(node.initializer)) setAll(node.name);
    if (
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken &&
      ts.isPropertyAccessExpression(node.left) &&
      isParameter(node.left.expression)
    )
      set(node.left.name, node.right);
    ts.forEachChild(node, visit);
  };
  const { body } = implementation as TypeScript.FunctionLikeDeclaration;
  if (body) visit(body);
  return defaults;
}

function parse(path: string): TypeScript.SourceFile | undefined {
  if (!parsed.has(path)) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    const file =
      text === undefined ? undefined : ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
    parsed.set(path, file);
  }
  return parsed.get(path);
}

/** A function, or the constructor of a class, by its name at the top of a file. */
function find(
  file: TypeScript.SourceFile,
  declaration: TypeScript.SignatureDeclaration,
): TypeScript.SignatureDeclaration | undefined {
  const isConstructor = ts.isConstructorDeclaration(declaration);
  const name = (isConstructor ? declaration.parent.name : declaration.name)?.getText();
  for (const statement of file.statements) {
    if (ts.isFunctionDeclaration(statement) && statement.name?.text === name) return statement;
    if (isConstructor && ts.isClassDeclaration(statement) && statement.name?.text === name)
      return statement.members.find(ts.isConstructorDeclaration);
    if (!ts.isVariableStatement(statement)) continue;
    for (const { name: variable, initializer } of statement.declarationList.declarations)
      if (
        variable.getText(file) === name &&
        initializer &&
        (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer))
      )
        return initializer;
  }
  return undefined;
}
