import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type * as TypeScript from 'typescript';
import { packageRoot } from '../../src/base/packageRoot.js';
import { parseDeclarations } from './comments.js';
import { completionsAt, type Found } from './completion.js';
import { Declarations, type Declared, isNamespace, type Meaning, readDeclared } from './declarations.js';
import { keepLastExpression, writeEarlierVariables } from './earlierVariables.js';
import { FolderFiles } from './folderFiles.js';
import { combineOptions, readFolderOptions } from './folderOptions.js';
import { inspectionAt } from './inspection.js';
import { Lookups } from './lookups.js';
import { isFree, isResultName, ResultTypes, resultType } from './resultTypes.js';
import { hiddenExports } from './syntax.js';
import { ts } from './typescript.js';

const require = createRequire(import.meta.url);

/**
 * What a cell is compiled with: modules are found as bundlers find them (types in `exports`), `solireward` is the
 * package of this kernel from any folder, and Node's types are always there.
 */
const cellOptions: TypeScript.CompilerOptions = {
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  target: ts.ScriptTarget.ES2024,
  esModuleInterop: true,
  resolveJsonModule: true,
  // `./helper.ts` may be imported by that name.
  rewriteRelativeImportExtensions: true,
  lib: ['lib.esnext.d.ts'],
  types: ['node'],
  typeRoots: [dirname(dirname(require.resolve('@types/node/package.json')))],
  jsx: ts.JsxEmit.React,
  // Files of the user compile as they are, and errors of a JavaScript file are found when it runs.
  allowJs: true,
  checkJs: false,
  skipLibCheck: true,
  experimentalDecorators: false,
  declaration: true,
  inlineSourceMap: true,
  newLine: ts.NewLineKind.LineFeed,
  // Nothing is written there: TypeScript refuses to write a JavaScript file in its own place.
  outDir: '/compiled',
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

/** A place in a file or cell; both count from 0. */
interface Place {
  line: number;
  character: number;
}

/** What is wrong with a cell, or with a file that it imports. */
export interface Diagnostic {
  start: Place;
  messageText: string;
  code: number;
  /** The file, from the folder; undefined for the cell itself. */
  fileName?: string;
}

/** A compiled file of the folder, as an ECMAScript module. */
export interface SideOutput {
  path: string;
  data: string;
}

/** What has become of a cell: JavaScript and declarations, or what is wrong with it. */
export interface Compiled {
  diagnostics: Diagnostic[];
  /** An ECMAScript module in which earlier cells' variables are properties of `exports`. */
  output: string;
  /** The constant that has the value of the last expression, if there is one. */
  result: string | undefined;
  /** Makes a text of the type of that value. */
  type: () => string;
  declared: Declared;
  /** Files of the folder that the cell imports and that are new or changed. */
  sideOutputs: SideOutput[];
}

/** TypeScript's numbers of "cannot find module" and "could not find a declaration file for module". */
export const notFound = new Set([2307, 2792, 7016]);

/** The constant that a cell's last value becomes. */
const lastValue = '__solireward_value';

/** After so many cells the checker is made anew: it remembers all that it has ever looked at. */
const cellsOfChecker = 200;

type SourceFile = TypeScript.SourceFile & {
  path?: string;
  resolvedPath?: string;
  originalFileName?: string;
  locals?: Map<TypeScript.__String, TypeScript.Symbol>;
  imports?: readonly TypeScript.StringLiteralLike[];
  moduleAugmentations?: readonly TypeScript.Node[];
  ambientModuleNames?: readonly string[];
};

/** Compiles cells in a folder. */
export class Compiler {
  /** What is wrong with the folder's tsconfig.json. */
  readonly problems: readonly string[];
  readonly #folder: string;
  readonly #options: TypeScript.CompilerOptions;
  readonly #folderPaths: boolean;
  readonly #host: TypeScript.CompilerHost;
  readonly #lookups: Lookups;
  readonly #files: FolderFiles<TypeScript.SourceFile>;
  readonly #declarations = new Declarations();
  readonly #resultTypes = new ResultTypes();
  /** Files of the folder whose compiled form was handed out. */
  readonly #handedOut = new WeakSet<TypeScript.SourceFile>();
  readonly #cellPath: string;
  readonly #preludePath: string;
  #cell: SourceFile;
  /** What the cell can see of earlier ones. */
  #prelude: SourceFile;
  /** The latest program, the state of all declarations that it has, and how many cells it has checked since it was made. */
  #known: { program: TypeScript.Program; state: string | undefined; cells: number } | undefined;

  constructor(folder: string) {
    const { options, problems } = readFolderOptions(folder);
    this.problems = problems;
    this.#folder = folder;
    this.#folderPaths = options.paths !== undefined;
    this.#options = { ...combineOptions(cellOptions, options), rootDir: folder };
    this.#cellPath = join(folder, '__cell__.ts');
    this.#preludePath = join(folder, '__earlier__.d.ts');
    this.#cell = this.#parse(this.#cellPath, 'export {};');
    this.#prelude = this.#parse(this.#preludePath, 'export {};');
    this.#lookups = new Lookups(folder, this.#options);
    // Packages, and what npm changes in them, are looked at when something is not found.
    const isFixed = (path: string) =>
      path.includes('/node_modules/') || path.startsWith(join(packageRoot, 'dist'));
    this.#files = new FolderFiles(isFixed);
    this.#host = this.#makeHost();
    // The library's types are read and bound now, so that the first cell does not wait for them.
    this.#check('');
  }

  /**
   * Compiles a cell; nothing of it is seen by later cells before {@link keep}.
   * @throws {Error} where TypeScript itself fails, as it does on some correct code
   */
  compile(code: string): Compiled {
    try {
      const compiled = this.#compileOnce(code);
      return compiled.diagnostics.some((diagnostic) => notFound.has(diagnostic.code))
        ? this.#lookups.anew(() => this.#compileOnce(code))
        : compiled;
    } catch (cause) {
      // Whatever state it is in, the next cell does not continue with it.
      this.#known = undefined;
      throw new Error(
        `TypeScript itself has failed on this cell (${(cause as Error).message}); write what its stack names in another way`,
        { cause },
      );
    }
  }

  /** Has later cells see what a cell declares. */
  keep(declared: Declared): void {
    this.#declarations.add(declared);
  }

  /** Has later cells see the type of a cell's value. */
  keepResult(number: number, type: () => string): void {
    this.#resultTypes.keep(number, type);
  }

  /** Names that fit at a position. */
  complete(code: string, position: number): Found {
    const program = this.#check(code, { all: true });
    return completionsAt(program, this.#host, this.#cell, position);
  }

  /** What the name at a position is, or the function whose brackets it is in; undefined where there is neither. */
  inspect(code: string, position: number): string | undefined {
    return inspectionAt(this.#check(code), this.#cell, position);
  }

  /** The file that a folder's alias (`paths` of tsconfig.json) stands for; undefined for a package. */
  readonly resolveAlias = (specifier: string, file: string): string | undefined => {
    if (!this.#folderPaths) return undefined;
    const found = ts.resolveModuleName(specifier, file, this.#options, ts.sys).resolvedModule;
    return found && !found.isExternalLibraryImport ? found.resolvedFileName : undefined;
  };

  #compileOnce(code: string): Compiled {
    const program = this.#check(code);
    const imported = this.#importedFiles(program);
    const diagnostics = [this.#cell, ...imported].flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]);
    const told = diagnostics.flatMap((diagnostic) => this.#tell(diagnostic, code.length));
    const sideOutputs = told.length > 0 ? [] : imported.flatMap((file) => this.#compileFile(program, file));
    const names = new Map(namesOf(this.#cell).map(([name, symbol]) => [name, meaningOf(symbol, program)]));
    let output = '';
    let declarations = '';
    let hasResult = false;
    let type = () => 'any';
    if (told.length === 0) {
      const checker = program.getTypeChecker();
      const isEarlier = (symbol: TypeScript.Symbol) =>
        this.#prelude.locals?.get(symbol.escapedName) === symbol;
      const exportsName = names.has('exports') ? hiddenExports : 'exports';
      const after = [
        writeEarlierVariables(checker, isEarlier, exportsName),
        keepLastExpression(lastValue, () => {
          hasResult = true;
        }),
      ];
      emit(program, this.#cell, { after }, (path, text) => {
        if (path.endsWith('.d.ts')) declarations = text;
        else output = text;
      });
      const cell = this.#cell;
      type = () => resultType(checker, cell);
    }
    return {
      diagnostics: told,
      output,
      result: hasResult ? lastValue : undefined,
      type,
      declared: readDeclared(declarations, names),
      sideOutputs,
    };
  }

  /**
   * The program of a cell and of all that it can see. To make a checker costs more than to check a cell; so where a
   * cell brings in nothing that the program has not, it is checked by the one that is there.
   */
  #check(code: string, { all = false } = {}): TypeScript.Program {
    const { text, words, results, isPlain, addsToAll } = this.#readCell(code);
    for (const name of results) this.#declarations.offer(name, this.#resultTypes.of(name));
    const declarations = all ? this.#declarations.all() : this.#declarations.reachedFrom(words);
    const state = this.#declarations.state;
    const changed = this.#files.refresh();
    const known = this.#known;
    if (isPlain && known && known.state === state && known.cells < cellsOfChecker && changed === 'nothing') {
      const path = join(this.#folder, `__cell${++known.cells}__.ts`);
      this.#prelude = this.#join(this.#makePrelude(declarations), this.#preludePath);
      this.#cell = this.#join(this.#parse(path, text), path);
      this.#nest();
      return known.program;
    }
    this.#resultTypes.settle();
    this.#prelude = this.#makePrelude(declarations);
    this.#cell = this.#parse(this.#cellPath, text);
    this.#nest();
    const create = () => {
      const rootNames = [this.#preludePath, this.#cellPath];
      const [options, host, oldProgram] = [this.#options, this.#host, known?.program];
      return ts.createProgram({ rootNames, options, host, oldProgram });
    };
    const program = changed === 'something is gone' ? this.#lookups.anew(create) : create();
    // What this cell adds to all modules, later ones see if it runs, by its declarations.
    this.#known = { program, state: addsToAll ? undefined : state, cells: 0 };
    return program;
  }

  /** Names that a cell has not are looked for in what its file stands in, as if that were a namespace. */
  #nest(): void {
    (this.#cell as { parent: TypeScript.Node }).parent = this.#prelude;
  }

  /** Gives a file what a program gives those that it is made of. */
  #join(file: SourceFile, path: string): SourceFile {
    file.path = path;
    file.resolvedPath = path;
    file.originalFileName = path;
    file.imports ??= [];
    file.moduleAugmentations ??= [];
    file.ambientModuleNames ??= [];
    ts.bindSourceFile(file, this.#options);
    return file;
  }

  /**
   * A cell as a module that exports all that it declares, the words in it, which values of earlier cells it may mean,
   * whether it names no other file, and whether it adds to what all modules see.
   */
  #readCell(code: string) {
    let cell = this.#parse(this.#cellPath, code);
    const text = withoutExports(cell);
    if (text !== code) cell = this.#parse(this.#cellPath, text);
    ts.bindSourceFile(cell, this.#options);
    const words = new Set<string>();
    const results = new Set<string>();
    let addsToAll =
      cell.referencedFiles.length + cell.typeReferenceDirectives.length + cell.libReferenceDirectives.length >
      0;
    let namesFiles = false;
    const visit = (node: TypeScript.Node): void => {
      if (ts.isIdentifier(node)) {
        words.add(node.text);
        if (isResultName(node.text) && isFree(node)) results.add(node.text);
      }
      if (namesFile(node)) namesFiles = true;
      if (ts.isModuleDeclaration(node) && !isNamespace(node)) addsToAll = true;
      ts.forEachChild(node, visit);
    };
    visit(cell);
    const names = namesOf(cell).map(([name]) => name);
    const exported = `${text}\nexport { ${names.join(', ')} };`;
    return { text: exported, words, results, isPlain: !namesFiles && !addsToAll, addsToAll };
  }

  /**
   * The file of earlier cells' declarations. It imports all modules that these name, whether or not the next cell needs
   * them: where a file imports the same as before, TypeScript continues with the files that it has.
   */
  #makePrelude(declarations: string): SourceFile {
    const { modules, hasAugmentations } = this.#declarations;
    const imports = modules.map((name) => `import ${JSON.stringify(name)};`);
    const file = this.#parse(this.#preludePath, ['export {};', ...imports, declarations].join('\n'));
    if (hasAugmentations || declarations.includes('resolution-mode')) return file;
    file.imports = file.statements
      .slice(1, 1 + modules.length)
      .map(
        (statement) =>
          (statement as TypeScript.ImportDeclaration).moduleSpecifier as TypeScript.StringLiteral,
      );
    file.moduleAugmentations = [];
    file.ambientModuleNames = [];
    return file;
  }

  #parse(path: string, text: string): SourceFile {
    const setExternalModuleIndicator = (file: SourceFile) => {
      (file as { externalModuleIndicator?: true }).externalModuleIndicator ??= true;
    };
    const languageVersion = this.#options.target ?? ts.ScriptTarget.Latest;
    const setParentNodes = true;
    return ts.createSourceFile(path, text, { languageVersion, setExternalModuleIndicator }, setParentNodes);
  }

  #makeHost(): TypeScript.CompilerHost {
    const library = dirname(ts.sys.getExecutingFilePath());
    const own = new Map([
      [this.#cellPath, () => this.#cell],
      [this.#preludePath, () => this.#prelude],
    ]);
    const host: TypeScript.CompilerHost = {
      fileExists: (path) => own.has(path) || ts.sys.fileExists(path),
      readFile: ts.sys.readFile,
      directoryExists: ts.sys.directoryExists,
      readDirectory: ts.sys.readDirectory,
      getDirectories: ts.sys.getDirectories,
      realpath: ts.sys.realpath,
      getCurrentDirectory: () => this.#folder,
      getCanonicalFileName: (path) => path,
      useCaseSensitiveFileNames: () => true,
      getNewLine: () => '\n',
      getDefaultLibLocation: () => library,
      getDefaultLibFileName: (options) => join(library, ts.getDefaultLibFileName(options)),
      writeFile: () => {},
      getSourceFile: (path, options) =>
        own.get(path)?.() ??
        this.#files.read(path, (text) =>
          /\.d\.[cm]?ts$/.test(path)
            ? parseDeclarations(path, text, options)
            : ts.createSourceFile(path, text, options),
        ),
    };
    this.#lookups.serve(host);
    return host;
  }

  /** The files of the user that the cell imports, and those that they import. */
  #importedFiles(program: TypeScript.Program): SourceFile[] {
    const { getResolvedModuleFromModuleSpecifier: resolve } = program as TypeScript.Program & {
      getResolvedModuleFromModuleSpecifier(
        literal: TypeScript.StringLiteralLike,
        file: TypeScript.SourceFile,
      ): TypeScript.ResolvedModuleWithFailedLookupLocations | undefined;
    };
    const found = new Set<SourceFile>();
    const visit = (file: SourceFile): void => {
      for (const literal of file.imports ?? []) {
        const module = resolve(literal, file)?.resolvedModule;
        if (!module || module.isExternalLibraryImport) continue;
        const imported = program.getSourceFile(module.resolvedFileName);
        if (!imported || found.has(imported) || imported.isDeclarationFile || ts.isJsonSourceFile(imported))
          continue;
        found.add(imported);
        visit(imported);
      }
    };
    visit(this.#cell);
    return [...found];
  }

  #compileFile(program: TypeScript.Program, file: TypeScript.SourceFile): SideOutput[] {
    if (this.#handedOut.has(file)) return [];
    this.#handedOut.add(file);
    const outputs: SideOutput[] = [];
    emit(program, file, undefined, (path, data) => {
      if (path.endsWith('.js')) outputs.push({ path: file.fileName.replace(/\.[jt]sx?$/, '.js'), data });
    });
    return outputs;
  }

  /** A diagnostic as a reader needs it; none for what is not a file of the folder. */
  #tell({ file, start = 0, messageText, code }: TypeScript.Diagnostic, length: number): Diagnostic[] {
    if (!file) return [];
    const isCell = file === this.#cell;
    const fileName = isCell ? undefined : relative(this.#folder, file.fileName);
    if (fileName?.startsWith('..')) return [];
    const place = ts.getLineAndCharacterOfPosition(file, isCell ? Math.min(start, length) : start);
    return messagesOf(messageText).map((text, i) => ({
      start: place,
      messageText: text.messageText,
      code: i === 0 ? code : text.code,
      ...(fileName === undefined ? {} : { fileName }),
    }));
  }
}

/** A message and those that explain it, in order. */
function messagesOf(
  message: string | TypeScript.DiagnosticMessageChain,
): { messageText: string; code: number }[] {
  if (typeof message === 'string') return [{ messageText: message, code: 0 }];
  return [message, ...(message.next ?? []).flatMap(messagesOf)].map(({ messageText, code }) => ({
    messageText,
    code,
  }));
}

/** Whether a node of a cell names another module. */
const namesFile = (node: TypeScript.Node): boolean =>
  ts.isImportDeclaration(node) ||
  ts.isImportTypeNode(node) ||
  ts.isExternalModuleReference(node) ||
  (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) ||
  (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword);

/** The names that a cell declares, as they are written. */
function namesOf(cell: SourceFile): [string, TypeScript.Symbol][] {
  return [...(cell.locals ?? [])].flatMap(([key, symbol]): [string, TypeScript.Symbol][] => {
    const name = ts.unescapeLeadingUnderscores(key);
    // What `declare global` and `declare module 'name'` make is not a name.
    return key === '__global' || name.startsWith('"') ? [] : [[name, symbol]];
  });
}

function meaningOf(symbol: TypeScript.Symbol, program: TypeScript.Program): Meaning {
  const { flags } =
    symbol.flags & ts.SymbolFlags.Alias ? program.getTypeChecker().getAliasedSymbol(symbol) : symbol;
  return { value: (flags & ts.SymbolFlags.Value) !== 0, type: (flags & ts.SymbolFlags.Type) !== 0 };
}

/**
 * Writes JavaScript and declarations of a file, these even if they name a type in a way that would not be portable:
 * they are read by the next cell only, from the same folder. That is the last, internal, parameter of `Program.emit`.
 */
function emit(
  program: TypeScript.Program,
  file: TypeScript.SourceFile,
  transformers: TypeScript.CustomTransformers | undefined,
  take: (path: string, text: string) => void,
): void {
  const write = program.emit as (...args: unknown[]) => TypeScript.EmitResult;
  const forceDtsEmit = true;
  write(file, take, undefined, false, transformers, forceDtsEmit);
}

/**
 * Takes `export` from declarations of a cell, which later cells see anyway, and makes expressions of those that have no
 * name. All other text keeps its place, but for what stands in the line where such an expression ends.
 */
function withoutExports(file: TypeScript.SourceFile): string {
  const edits: { start: number; end: number; head?: string; tail?: string }[] = [];
  for (const statement of file.statements) {
    const start = statement.getStart(file);
    if (ts.isExportDeclaration(statement) && !statement.moduleSpecifier)
      edits.push({ start, end: statement.end });
    if (ts.isExportAssignment(statement))
      edits.push({ start, end: statement.expression.getStart(file), head: ';' });
    if (!ts.canHaveModifiers(statement)) continue;
    const exported = (statement.modifiers ?? []).filter(
      ({ kind }) => kind === ts.SyntaxKind.ExportKeyword || kind === ts.SyntaxKind.DefaultKeyword,
    );
    const isNameless =
      (ts.isClassDeclaration(statement) || ts.isFunctionDeclaration(statement)) && !statement.name;
    exported.forEach((modifier, i) => {
      const edit = { start: modifier.getStart(file), end: modifier.end };
      edits.push(isNameless && i === 0 ? { ...edit, head: ';(' } : edit);
    });
    if (isNameless && exported.length > 0)
      edits.push({ start: statement.end, end: statement.end, tail: ');' });
  }
  // From the last to the first, so that the places of the others hold.
  return edits
    .sort((a, b) => b.start - a.start)
    .reduce((text, { start, end, head = '', tail = '' }) => {
      const blank = text.slice(start + head.length, end).replace(/[^\n]/g, ' ');
      return text.slice(0, start) + head + blank + tail + text.slice(end);
    }, file.text);
}
