import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Converter } from 'tslab/dist/converter.js';
import type * as TypeScript from 'typescript';
import { packageRoot } from '../../src/base/packageRoot.js';
import { FolderFiles } from './folderFiles.js';
import { combineOptions, readFolderOptions } from './folderOptions.js';
import { Lookups } from './lookups.js';
import { hiddenExports } from './syntax.js';
import { ts } from './typescript.js';

const require = createRequire(import.meta.url);

/**
 * What a cell is compiled with, over tslab's own options: modules are found as bundlers find them (types in
 * `exports`), `solireward` is the package of this kernel from any folder, and Node's types are always there.
 */
const cellOptions: TypeScript.CompilerOptions = {
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  target: ts.ScriptTarget.ES2024,
  // `./helper.ts` may be imported by that name.
  rewriteRelativeImportExtensions: true,
  lib: ['lib.esnext.d.ts'],
  types: ['node'],
  // Files of the user compile as they are, and errors of a JavaScript file are found when it runs.
  checkJs: false,
  experimentalDecorators: false,
  inlineSourceMap: true,
  paths: {
    ...ownTypes(),
    tslab: [join(dirname(require.resolve('tslab')), 'public.d.ts')],
  },
};

/** Where the types of this package are, and of each room that it exports by itself. */
function ownTypes(): Record<string, [string]> {
  const { exports } = require(join(packageRoot, 'package.json')) as {
    exports: Record<string, string | { types: string }>;
  };
  return Object.fromEntries(
    Object.entries(exports).flatMap(([path, file]) =>
      typeof file === 'string' ? [] : [[join('solireward', path), [join(packageRoot, file.types)]]],
    ),
  );
}

/** What hovering over `position` tells; tslab's fork of TypeScript exports this, upstream keeps it inside. */
function getQuickInfoAtPosition(
  file: TypeScript.SourceFile,
  checker: TypeScript.TypeChecker,
  _cancellation: unknown,
  position: number,
): TypeScript.QuickInfo | undefined {
  const node = ts.getTouchingPropertyName(file, position);
  const symbol = node === file ? undefined : checker.getSymbolAtLocation(node);
  if (!symbol) return undefined;
  return {
    kind: ts.ScriptElementKind.unknown,
    kindModifiers: '',
    textSpan: ts.createTextSpan(node.getStart(file), node.getWidth(file)),
    ...ts.SymbolDisplay.getSymbolDisplayPartsDocumentationAndSymbolKind(checker, symbol, file, node, node),
  };
}

/**
 * Makes `{ a }` lead to the variable `a`, so that tslab sees when it comes from an earlier cell; and a global variable
 * that a cell declares to none, since it is reached by its name alone.
 */
function resolveNames(checker: TypeScript.TypeChecker): void {
  const getSymbolAtLocation = checker.getSymbolAtLocation;
  checker.getSymbolAtLocation = (node) => {
    const symbol =
      node.parent && ts.isShorthandPropertyAssignment(node.parent)
        ? checker.getShorthandAssignmentValueSymbol(node.parent)
        : getSymbolAtLocation(node);
    return symbol?.declarations?.some(isGlobalOfCell) ? undefined : symbol;
  };
}

/** Whether a declaration of an earlier cell stands in `declare global`. */
function isGlobalOfCell(declaration: TypeScript.Node): boolean {
  if (!declaration.getSourceFile().fileName.endsWith('/__prev__.d.ts')) return false;
  for (let node = declaration; node; node = node.parent)
    if (ts.isModuleDeclaration(node) && node.flags & ts.NodeFlags.GlobalAugmentation) return true;
  return false;
}

/** Has files that a cell imports only for what they do compiled as well: they may have no exports, and no symbol. */
function dependOnImportedFiles(builder: TypeScript.BuilderProgram): void {
  const getAllDependencies = builder.getAllDependencies;
  builder.getAllDependencies = (file) => {
    const found = new Set(getAllDependencies(file));
    const program = builder.getProgram() as TypeScript.Program & {
      getResolvedModuleFromModuleSpecifier(
        literal: TypeScript.StringLiteralLike,
        file: TypeScript.SourceFile,
      ): TypeScript.ResolvedModuleWithFailedLookupLocations | undefined;
    };
    const visited = new Set<string>();
    const visit = (path: string) => {
      const source = visited.has(path) ? undefined : program.getSourceFile(path);
      visited.add(path);
      if (!source || source.isDeclarationFile) return;
      found.add(source.fileName);
      for (const literal of (source as { imports?: readonly TypeScript.StringLiteralLike[] }).imports ?? []) {
        const resolved = program.getResolvedModuleFromModuleSpecifier(literal, source)?.resolvedModule;
        if (resolved && !resolved.isExternalLibraryImport) visit(resolved.resolvedFileName);
      }
    };
    for (const path of [...found]) visit(path);
    return [...found];
  };
}

/**
 * Writes a cell's declarations even if they name a type in a way that would not be portable: they are read by the
 * next cell only, from the same folder. `forceDtsEmit` is the last, internal, parameter of `Program.emit`.
 */
function alwaysEmitDeclarations(program: TypeScript.Program): void {
  const emit = program.emit as (...args: unknown[]) => TypeScript.EmitResult;
  const forceDtsEmit = true;
  program.emit = (file, write, cancellation, onlyDeclarations, transformers) =>
    // tslab's transformers make a value of the last expression, which a file of the folder has no use for.
    emit(
      file,
      write,
      cancellation,
      onlyDeclarations,
      file && isCell(file) ? transformers : undefined,
      forceDtsEmit,
    );
}

/** `ts.visitEachChild` that writes `{ a: exports.a }` where the visitor has made `exports.a` of the `a` in `{ a }`. */
const visitShorthandToo: typeof ts.visitEachChild = (
  node: TypeScript.Node | undefined,
  visitor: TypeScript.Visitor,
  context: TypeScript.TransformationContext | undefined,
) => {
  if (node && ts.isShorthandPropertyAssignment(node)) {
    const value = visitor(node.name) as TypeScript.Expression;
    return value === node.name ? node : ts.factory.createPropertyAssignment(node.name, value);
  }
  return ts.visitEachChild(node, visitor, context);
};

/** The file that tslab's converter compiles a cell as. */
const isCell = (file: TypeScript.SourceFile): boolean => file.fileName.endsWith('/__tslab__.ts');

/**
 * Has the variables of a cell told by the names that were written: TypeScript keeps those that begin with `__` with one
 * more underscore, and tslab would export that. What `declare global` makes is no variable.
 */
function tellWrittenNames(program: TypeScript.Program): void {
  for (const file of program.getSourceFiles().filter(isCell)) {
    const locals = (file as { locals?: Map<TypeScript.__String, TypeScript.Symbol> }).locals;
    if (!locals) continue;
    locals.forEach = (tell) => {
      for (const [key, symbol] of locals)
        if (key !== '__global')
          tell(symbol, ts.unescapeLeadingUnderscores(key) as TypeScript.__String, locals);
    };
  }
}

/** Whether a cell asks not to be checked: `// @ts-nocheck` among its first comments. */
const isUnchecked = (file: TypeScript.SourceFile): boolean =>
  isCell(file) && /^export \{\};\s*(\/\/.*\s+|\/\*[\s\S]*?\*\/\s*)*\/\/\s*@ts-nocheck\b/.test(file.text);

/** Declarations of global variables and of namespaces; tslab's converter forgets them after one cell. */
function spaces(declarations: string): { name: string; text: string }[] {
  if (!/\b(global|namespace|module)\b/.test(declarations)) return [];
  const file = ts.createSourceFile('spaces.d.ts', declarations, ts.ScriptTarget.Latest);
  return file.statements.flatMap((statement) =>
    ts.isModuleDeclaration(statement) ? [{ name: statement.name.text, text: statement.getText(file) }] : [],
  );
}

/** The names that a cell declares. */
function declaredBy(code: string): Set<string> {
  const file = ts.createSourceFile('cell.ts', code, ts.ScriptTarget.Latest);
  const names = new Set<string>();
  for (const statement of file.statements) {
    const { name } = statement as { name?: TypeScript.Node };
    if (name && ts.isIdentifier(name)) names.add(name.text);
    if (ts.isVariableStatement(statement))
      for (const { name: variable } of statement.declarationList.declarations)
        if (ts.isIdentifier(variable)) names.add(variable.text);
  }
  return names;
}

/** What compiles cells. */
export interface Compiler extends Converter {
  /** What is wrong with the folder's tsconfig.json. */
  problems: readonly string[];
  /** What TypeScript knows of a name, as text. */
  print(info: TypeScript.QuickInfo): string;
  /** The file that a folder's alias (`paths` of tsconfig.json) stands for; undefined for a package. */
  resolveAlias(specifier: string, file: string): string | undefined;
}

/** TypeScript's numbers of "cannot find module" and "could not find a declaration file for module". */
export const notFound = new Set([2307, 2792, 7016]);

/** Makes tslab's converter, on upstream TypeScript, for cells in a folder. */
export function createCompiler(folder: string): Compiler {
  // Packages, and what npm changes in them, are looked at when something is not found.
  const isFixed = (path: string) =>
    path.includes('/node_modules/') || path.startsWith(join(packageRoot, 'dist'));
  const files = new FolderFiles(isFixed);
  const { options, problems } = readFolderOptions(folder);
  const lookups = new Lookups();
  replaceForkOfTypeScript(files, lookups, combineOptions(cellOptions, options));
  const { createConverter } = require('tslab/dist/converter.js') as typeof import('tslab/dist/converter.js');
  const { printQuickInfo } = require('tslab/dist/inspect.js') as typeof import('tslab/dist/inspect.js');
  const resolveAlias = (specifier: string, file: string): string | undefined => {
    if (!options.paths) return undefined;
    const found = ts.resolveModuleName(
      specifier,
      file,
      { ...cellOptions, ...options },
      ts.sys,
    ).resolvedModule;
    return found && !found.isExternalLibraryImport ? found.resolvedFileName : undefined;
  };
  const converter = createConverter();
  const convert: Converter['convert'] = (before, code) => {
    files.refresh();
    const declared = declaredBy(code);
    exportsName.current = declared.has('exports') ? hiddenExports : 'exports';
    let converted = converter.convert(before, code);
    if (converted.diagnostics.some((diagnostic) => notFound.has(diagnostic.code)))
      converted = lookups.anew(() => converter.convert(before, code));
    if (converted.declOutput === undefined) return converted;
    const kept = new Set(spaces(converted.declOutput).map(({ text }) => text));
    const missing = spaces(before).filter(
      ({ name, text }) => !kept.has(text) && (name === 'global' || !declared.has(name)),
    );
    return {
      ...converted,
      declOutput: [converted.declOutput, ...missing.map(({ text }) => text)].join('\n'),
    };
  };
  return { ...converter, convert, problems, print: printQuickInfo, resolveAlias };
}

/** How the cell that is compiled calls the variables of earlier cells. */
const exportsName = { current: 'exports' };

/** tslab makes one identifier, `exports`, which a cell may have taken for a variable of its own. */
const createVisibleIdentifier: typeof ts.factory.createIdentifier = (text) =>
  ts.factory.createIdentifier(text === 'exports' ? exportsName.current : text);

/** Gives tslab upstream TypeScript in place of its own fork of 5.0. Call it before tslab is loaded. */
function replaceForkOfTypeScript(
  files: FolderFiles,
  lookups: Lookups,
  cellOptions: TypeScript.CompilerOptions,
): void {
  const tslab = createRequire(require.resolve('tslab'));
  const nodeTypes = dirname(dirname(require.resolve('@types/node/package.json')));
  const forTslab = {
    ...ts,
    __esModule: true,
    sys: { ...ts.sys, watchFile: files.watchFile, watchDirectory: files.watchDirectory },
    factory: { ...ts.factory, createIdentifier: createVisibleIdentifier },
    getNullTransformationContext: () => ts.nullTransformationContext,
    visitEachChild: visitShorthandToo,
    // tslab makes CommonJS of a cell and of the folder's files; the kernel does that itself (transform.ts).
    transpileModule: (js: string) => ({ outputText: js }),
    getDefaultTypeRoots: () => [nodeTypes],
    getPreEmitDiagnosticsOfFiles: (program: TypeScript.Program, files: TypeScript.SourceFile[]) =>
      files.flatMap((file) => [
        ...program.getSyntacticDiagnostics(file),
        ...(isUnchecked(file) ? [] : program.getSemanticDiagnostics(file)),
      ]),
    getQuickInfoAtPosition,
    Completions: {
      ...ts.Completions,
      getCompletionsAtPositionForTslab: ts.Completions.getCompletionsAtPosition,
    },
    createWatchCompilerHost: (
      files: string[],
      options: TypeScript.CompilerOptions,
      system: TypeScript.System,
      ...rest: [undefined, TypeScript.DiagnosticReporter, TypeScript.WatchStatusReporter]
    ) => {
      tolerateTimers(system);
      const host = ts.createWatchCompilerHost(files, { ...options, ...cellOptions }, system, ...rest);
      lookups.serve(host);
      const createProgram = host.createProgram;
      host.createProgram = (...inputs) => {
        const builder = createProgram(...inputs);
        const program = builder.getProgram();
        resolveNames(program.getTypeChecker());
        dependOnImportedFiles(builder);
        tellWrittenNames(program);
        alwaysEmitDeclarations(program);
        return builder;
      };
      return host;
    },
  };
  const path = tslab.resolve('@tslab/typescript-for-tslab');
  const module = { id: path, filename: path, loaded: true, exports: forTslab };
  require.cache[path] = module as unknown as NodeJS.Module;
}

/**
 * Lets TypeScript ask for a rebuild more than once before a cell is converted: when files appear or change in the
 * folder between two cells. tslab keeps one timer, fires it when it converts a cell, and refuses a second one.
 */
function tolerateTimers(system: TypeScript.System): void {
  const ask = system.setTimeout!.bind(system);
  type Timer = { callback: () => void };
  let waiting: Timer[] | undefined;
  system.setTimeout = (callback: (...args: never[]) => void, _delay: number, ...args: never[]) => {
    const timer: Timer = { callback: () => callback(...args) };
    if (waiting) {
      waiting.push(timer);
      return timer;
    }
    const timers = [timer];
    waiting = timers;
    ask(() => {
      // A callback may ask for another one.
      for (let next = timers.shift(); next; next = timers.shift()) next.callback();
      waiting = undefined;
    }, 0);
    return timer;
  };
  system.clearTimeout = (timer) => {
    const at = waiting?.indexOf(timer as Timer) ?? -1;
    if (at >= 0) waiting?.splice(at, 1);
  };
}
