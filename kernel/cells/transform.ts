import type * as TypeScript from 'typescript';
import { type LoopCopies, loopCopies, type Observed } from './hotLoops.js';
import { awaitsItself, isEarlierVariable, isLoop } from './syntax.js';
import { type SourceWriter, ts } from './typescript.js';

/** The parameters of the function that a cell or module becomes: what the transformed code calls, by names that no cell has. */
export const parameters = {
  /** The shared array; a loop stops when the lowest bit of its first number is set. */
  words: '__solireward_words',
  stop: '__solireward_stop',
  live: '__solireward_live',
  import: '__solireward_import',
  load: '__solireward_load',
  define: '__solireward_define',
  meta: '__solireward_meta',
} as const;

/** JavaScript and the source map that leads back to what it was made of. */
export interface Transformed {
  code: string;
  /** A source map as JSON. */
  map: string;
}

const { factory } = ts;
const call = (name: string, ...values: TypeScript.Expression[]) =>
  factory.createCallExpression(factory.createIdentifier(name), undefined, values);

/**
 * Makes the body of an async function out of a cell, which is an ECMAScript module.
 * - Loops and awaits notice an interrupt.
 * - Imports become awaited calls, at the top; `import.meta` a parameter.
 * - The exported variables stay locals, as fast as any; `__define` receives accessors of them, by which later cells
 *   read and write them.
 * - The exported constant `result` becomes the value that is returned.
 * @param js the cell, as the compiler leaves it: earlier cells' variables are properties of `exports`
 * @param options `result`: the name of the last value, if there is one; `observed`: see {@link loopCopies}
 * @throws Error for a re-export, which a cell has no use for
 */
export function transformCell(
  js: string,
  { result, observed }: { result?: string; observed: Observed },
): Transformed {
  return rewrite(js, (context) => (file) => {
    const imports: TypeScript.Statement[] = [];
    const body: TypeScript.Statement[] = [];
    const names: string[] = [];
    const copies = loopCopies(file, observed);
    const visited = ts.visitEachChild(file, interruptible(context, copies), context);
    for (const statement of visited.statements) {
      if (ts.isImportDeclaration(statement)) imports.push(...importStatements(statement));
      else if (ts.isExportDeclaration(statement)) names.push(...exportedNames(statement));
      else if (result !== undefined && declares(statement, result)) body.push(returnOf(statement));
      else body.push(statement);
    }
    const imported = new Set(imports.flatMap((statement) => declaredNames(statement)));
    const accessors = names.flatMap((name) => accessorsOf(name, imported.has(name)));
    const define = call(parameters.define, factory.createObjectLiteralExpression(accessors));
    const statements = [...imports, factory.createExpressionStatement(define), ...body];
    return factory.updateSourceFile(visited, statements);
  });
}

/**
 * Makes CommonJS of a module of the notebook's folder, with loops and awaits that notice an interrupt.
 * @param awaits whether it is the body of an async function, which awaits what it imports
 */
export function transformModule(js: string, { awaits = false }: { awaits?: boolean } = {}): Transformed {
  const before: TypeScript.TransformerFactory<TypeScript.SourceFile> = (context) => {
    const visit = interruptible(context);
    return (file) => ts.visitEachChild(file, visit, context);
  };
  return transpile(js, ts.ModuleKind.CommonJS, before, awaits ? [awaitRequires] : []);
}

/** `require('module')` outside of functions becomes `await __load('module')`. */
const awaitRequires: TypeScript.TransformerFactory<TypeScript.SourceFile> = (context) => {
  const visit = (node: TypeScript.Node): TypeScript.Node => {
    if (ts.isFunctionLike(node)) return node;
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'require')
      return factory.createAwaitExpression(call(parameters.load, ...node.arguments));
    return ts.visitEachChild(node, visit, context);
  };
  return (file) => ts.visitEachChild(file, visit, context);
};

/** What a module imports, and whether it awaits outside of its functions. */
export function moduleNeeds(js: string): { imports: string[]; awaits: boolean } {
  const file = ts.createSourceFile('module.js', js, ts.ScriptTarget.Latest, true);
  const imports = file.statements.flatMap((statement) =>
    (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) &&
    statement.moduleSpecifier &&
    ts.isStringLiteral(statement.moduleSpecifier)
      ? [statement.moduleSpecifier.text]
      : [],
  );
  return { imports, awaits: awaitsItself(file) };
}

/** Writes what a transformer makes of JavaScript, which stays as new as it is. */
function rewrite(js: string, transformer: TypeScript.TransformerFactory<TypeScript.SourceFile>): Transformed {
  const options: TypeScript.CompilerOptions = { target: ts.ScriptTarget.ESNext, allowJs: true };
  const file = ts.createSourceFile('cell.js', js, ts.ScriptTarget.ESNext, true);
  ts.bindSourceFile(file, options);
  const { transformed } = ts.transform(file, [transformer], options);
  const printer = ts.createPrinter({ newLine: ts.NewLineKind.LineFeed }) as TypeScript.Printer & SourceWriter;
  const writer = ts.createTextWriter('\n');
  const host = { getCurrentDirectory: () => '', getCanonicalFileName: (name: string) => name };
  const map = ts.createSourceMapGenerator(host, 'cell.js', '', '', {});
  printer.writeFile(transformed[0], writer, map);
  return { code: writer.getText(), map: map.toString() };
}

function transpile(
  js: string,
  module: TypeScript.ModuleKind,
  transformer: TypeScript.TransformerFactory<TypeScript.SourceFile>,
  after: TypeScript.TransformerFactory<TypeScript.SourceFile>[] = [],
): Transformed {
  const { outputText, sourceMapText } = ts.transpileModule(js, {
    fileName: 'cell.js',
    compilerOptions: {
      module,
      target: ts.ScriptTarget.ESNext,
      esModuleInterop: true,
      sourceMap: true,
      newLine: ts.NewLineKind.LineFeed,
    },
    transformers: { before: [transformer], after },
  });
  // TypeScript marks a module that has lost its imports and exports, and names a file for its map.
  const code = outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, '').replace(/\nexport \{\};\s*$/, '\n');
  return { code, map: sourceMapText! };
}

/** Puts checks at the heads of loops and behind awaits, and replaces `import()` and `import.meta`. */
function interruptible(
  context: TypeScript.TransformationContext,
  copied: LoopCopies = (_, checked) => checked,
): TypeScript.Visitor {
  const visit = (node: TypeScript.Node): TypeScript.Node => {
    if (ts.isLabeledStatement(node) && isLoop(bodyOfLabel(node))) return checkedLoop(node);
    if (isLoop(node)) return checkedLoop(node);
    if (ts.isAwaitExpression(node)) return call(parameters.live, ts.visitEachChild(node, visit, context));
    if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword)
      return factory.createIdentifier(parameters.meta);
    if (ts.isCallExpression(node)) return calls(node);
    if (ts.isTaggedTemplateExpression(node)) {
      const visited = ts.visitEachChild(node, visit, context);
      const { tag, typeArguments, template } = visited;
      return factory.updateTaggedTemplateExpression(visited, withoutThis(tag), typeArguments, template);
    }
    return ts.visitEachChild(node, visit, context);
  };

  const calls = (node: TypeScript.CallExpression): TypeScript.Node => {
    const visited = ts.visitEachChild(node, visit, context);
    if (node.expression.kind === ts.SyntaxKind.ImportKeyword)
      return call(parameters.import, ...visited.arguments);
    return factory.updateCallExpression(
      visited,
      withoutThis(visited.expression),
      visited.typeArguments,
      visited.arguments,
    );
  };

  /**
   * `{ for (...) { if (flag) break; ... } if (flag) stop(); }`: a call inside of the loop would keep V8 from holding
   * numbers in registers. A loop that awaits can afford the call, and asks for its own cell.
   */
  const checkedLoop = (statement: TypeScript.Statement): TypeScript.Statement => {
    const awaits = awaitsItself(statement);
    const head = awaits
      ? factory.createExpressionStatement(call(parameters.live))
      : factory.createIfStatement(flag(), factory.createBreakStatement());
    const rebuild = (node: TypeScript.Node): TypeScript.Node => {
      if (ts.isLabeledStatement(node))
        return factory.updateLabeledStatement(
          node,
          node.label,
          rebuild(node.statement) as TypeScript.Statement,
        );
      const loop = ts.visitEachChild(node, visit, context) as TypeScript.IterationStatement;
      return withBody(loop, head);
    };
    const loop = rebuild(statement) as TypeScript.Statement;
    if (awaits) return loop;
    const stop = factory.createIfStatement(flag(), factory.createExpressionStatement(call(parameters.stop)));
    return copied(statement, factory.createBlock([loop, stop], true));
  };
  return visit;
}

/** A function of an earlier cell must not take `exports` for its `this`: `(0, exports.f)`. */
const withoutThis = (callee: TypeScript.LeftHandSideExpression): TypeScript.LeftHandSideExpression =>
  isEarlierVariable(callee)
    ? factory.createParenthesizedExpression(factory.createComma(factory.createNumericLiteral(0), callee))
    : callee;

const flag = () =>
  factory.createBitwiseAnd(
    factory.createElementAccessExpression(factory.createIdentifier(parameters.words), 0),
    factory.createNumericLiteral(1),
  );

function bodyOfLabel(node: TypeScript.LabeledStatement): TypeScript.Statement {
  return ts.isLabeledStatement(node.statement) ? bodyOfLabel(node.statement) : node.statement;
}

function withBody(
  loop: TypeScript.IterationStatement,
  head: TypeScript.Statement,
): TypeScript.IterationStatement {
  const { statement } = loop;
  const inner = ts.isBlock(statement) ? statement.statements : [statement];
  const body = ts.setTextRange(factory.createBlock([head, ...inner], true), statement);
  if (ts.isForStatement(loop))
    return factory.updateForStatement(loop, loop.initializer, loop.condition, loop.incrementor, body);
  if (ts.isForInStatement(loop))
    return factory.updateForInStatement(loop, loop.initializer, loop.expression, body);
  if (ts.isForOfStatement(loop))
    return factory.updateForOfStatement(loop, loop.awaitModifier, loop.initializer, loop.expression, body);
  if (ts.isWhileStatement(loop)) return factory.updateWhileStatement(loop, loop.expression, body);
  return factory.updateDoStatement(
    loop as TypeScript.DoStatement,
    body,
    (loop as TypeScript.DoStatement).expression,
  );
}

/** `const { default: a, b: c } = await __import('module', { with: ... })`, or what the clause wants. */
function importStatements(node: TypeScript.ImportDeclaration): TypeScript.Statement[] {
  const { importClause: clause, moduleSpecifier, attributes } = node;
  const entries = attributes?.elements.map(({ name, value }) =>
    factory.createPropertyAssignment(name, value),
  );
  const options = entries && [
    factory.createObjectLiteralExpression([
      factory.createPropertyAssignment('with', factory.createObjectLiteralExpression(entries)),
    ]),
  ];
  const loaded = factory.createAwaitExpression(call(parameters.import, moduleSpecifier, ...(options ?? [])));
  const at = (statement: TypeScript.Statement) => ts.setTextRange(statement, node);
  if (!clause) return [at(factory.createExpressionStatement(loaded))];
  const elements: TypeScript.BindingElement[] = [];
  if (clause.name) elements.push(factory.createBindingElement(undefined, 'default', clause.name));
  const bindings = clause.namedBindings;
  if (bindings && ts.isNamedImports(bindings))
    for (const { propertyName, name } of bindings.elements)
      elements.push(factory.createBindingElement(undefined, propertyName, name));
  const pattern = factory.createObjectBindingPattern(elements);
  if (!bindings || ts.isNamedImports(bindings)) return [at(constant(pattern, loaded))];
  const namespace = at(constant(bindings.name, loaded));
  return clause.name ? [namespace, constant(pattern, bindings.name)] : [namespace];
}

const constant = (name: TypeScript.BindingName, value: TypeScript.Expression) =>
  factory.createVariableStatement(
    undefined,
    factory.createVariableDeclarationList(
      [factory.createVariableDeclaration(name, undefined, undefined, value)],
      ts.NodeFlags.Const,
    ),
  );

function exportedNames({ exportClause, moduleSpecifier }: TypeScript.ExportDeclaration): string[] {
  if (moduleSpecifier || !exportClause || !ts.isNamedExports(exportClause))
    throw new Error('a cell cannot re-export a module: import the names that later cells use');
  return exportClause.elements.map(({ name }) => name.text);
}

/** `get a() { return a; }, set a(value) { a = value; }` */
function accessorsOf(name: string, readonly: boolean): TypeScript.AccessorDeclaration[] {
  const variable = factory.createIdentifier(name);
  const value = factory.createIdentifier(name === '__value' ? '__other' : '__value');
  const getter = factory.createGetAccessorDeclaration(
    undefined,
    name,
    [],
    undefined,
    factory.createBlock([factory.createReturnStatement(variable)]),
  );
  if (readonly) return [getter];
  const setter = factory.createSetAccessorDeclaration(
    undefined,
    name,
    [factory.createParameterDeclaration(undefined, undefined, value)],
    factory.createBlock([factory.createExpressionStatement(factory.createAssignment(variable, value))]),
  );
  return [getter, setter];
}

function declares(statement: TypeScript.Statement, name: string): statement is TypeScript.VariableStatement {
  return declaredNames(statement).includes(name);
}

function declaredNames(statement: TypeScript.Statement): string[] {
  const namesOf = (name: TypeScript.BindingName): string[] =>
    ts.isIdentifier(name)
      ? [name.text]
      : name.elements.flatMap((element) => (ts.isBindingElement(element) ? namesOf(element.name) : []));
  return ts.isVariableStatement(statement)
    ? statement.declarationList.declarations.flatMap((declaration) => namesOf(declaration.name))
    : [];
}

function returnOf(statement: TypeScript.VariableStatement): TypeScript.Statement {
  const { initializer } = statement.declarationList.declarations[0];
  // In brackets, since a comment above the value would part it from a bare `return`.
  const value = initializer && factory.createParenthesizedExpression(initializer);
  return ts.setTextRange(factory.createReturnStatement(value), statement);
}
