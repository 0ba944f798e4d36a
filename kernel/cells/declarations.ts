import type * as TypeScript from 'typescript';
import { ts } from './typescript.js';

/** Whether a name stands for a value, a type, or both. */
export interface Meaning {
  value: boolean;
  type: boolean;
}

/** One declaration of a name, as the text of a .d.ts file. */
interface Declaration extends Meaning {
  text: string;
}

/** What a cell declares, as later cells see it. */
export interface Declared {
  names: Map<string, { meaning: Meaning; declarations: Declaration[] }>;
  /** `declare global` and `declare module 'name'`, which hold for all cells. */
  everywhere: string[];
  /** The modules that these declarations name. */
  modules: string[];
}

const value: Meaning = { value: true, type: false };
const type: Meaning = { value: false, type: true };
const both: Meaning = { value: true, type: true };
/** A namespace means neither: it goes when its name is declared anew in whatever way. */
const neither: Meaning = { value: false, type: false };

/**
 * Reads what a cell declares.
 * @param text the .d.ts file that TypeScript has made of the cell
 * @param meanings of the names that the cell declares
 */
export function readDeclared(text: string, meanings: ReadonlyMap<string, Meaning>): Declared {
  const file = ts.createSourceFile('cell.d.ts', text, ts.ScriptTarget.Latest, true);
  const declared: Declared = {
    names: new Map([...meanings].map(([name, meaning]) => [name, { meaning, declarations: [] }])),
    everywhere: [],
    modules: modulesOf(file),
  };
  const add = (name: string, declaration: Declaration) =>
    declared.names.get(name)?.declarations.push(declaration);
  const full = (node: TypeScript.Node) => text.slice(node.pos, node.end).trim();

  for (const statement of file.statements) {
    if (ts.isVariableStatement(statement)) {
      // Also the comment above it, which an inspection shows.
      const { declarationList: list } = statement;
      const comment = text.slice(statement.pos, statement.getStart(file)).trimStart();
      const head = `${comment}declare ${keywordOf(list)} `;
      for (const declaration of list.declarations)
        if (ts.isIdentifier(declaration.name))
          add(declaration.name.text, { ...value, text: `${head}${full(declaration)};` });
    } else if (ts.isImportDeclaration(statement)) {
      for (const [name, clause] of bindingsOf(statement, file)) {
        const { value, type } = meanings.get(name) ?? both;
        const meaning = value || type ? { value, type } : both;
        add(name, {
          ...meaning,
          text: `import ${clause} ${full(statement).slice(fromAt(statement)).trim()}`,
        });
      }
    } else if (ts.isModuleDeclaration(statement) && !isNamespace(statement)) {
      declared.everywhere.push(full(statement));
    } else {
      const { name } = statement as { name?: TypeScript.Node };
      if (name && ts.isIdentifier(name))
        add(name.text, { ...meaningOf(statement, meanings.get(name.text)), text: full(statement) });
    }
  }
  return declared;

  /** Where the `from` of an import begins, in its text. */
  function fromAt(statement: TypeScript.ImportDeclaration): number {
    const start = statement.pos + /^\s*/.exec(text.slice(statement.pos))![0].length;
    return statement.importClause!.end - start;
  }
}

/** Whether a node is `namespace Name`, not `declare global` or `declare module 'name'`. */
export const isNamespace = (node: TypeScript.ModuleDeclaration): boolean =>
  ts.isIdentifier(node.name) && !(node.flags & ts.NodeFlags.GlobalAugmentation);

function keywordOf(list: TypeScript.VariableDeclarationList): string {
  if (!(list.flags & ts.NodeFlags.BlockScoped)) return 'var';
  return list.flags & ts.NodeFlags.Let && !(list.flags & ts.NodeFlags.Const) ? 'let' : 'const';
}

/** The names that an import declares, each with the clause that declares it alone. */
function bindingsOf(
  { importClause: clause }: TypeScript.ImportDeclaration,
  file: TypeScript.SourceFile,
): [string, string][] {
  if (!clause) return [];
  const typeOnly = clause.isTypeOnly ? 'type ' : '';
  const { name, namedBindings: named } = clause;
  const found: [string, string][] = name ? [[name.text, `${typeOnly}${name.text}`]] : [];
  if (named && ts.isNamespaceImport(named)) found.push([named.name.text, typeOnly + named.getText(file)]);
  if (named && ts.isNamedImports(named))
    for (const element of named.elements)
      found.push([element.name.text, `${typeOnly}{ ${element.getText(file)} }`]);
  return found;
}

function meaningOf(statement: TypeScript.Statement, symbol: Meaning | undefined): Meaning {
  if (ts.isFunctionDeclaration(statement)) return value;
  if (ts.isClassDeclaration(statement) || ts.isEnumDeclaration(statement)) return both;
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return type;
  if (ts.isModuleDeclaration(statement)) return neither;
  return symbol ?? both;
}

/** The modules that a file names, in imports and in types such as `import('name').Type`. */
function modulesOf(file: TypeScript.SourceFile): string[] {
  const found = new Set<string>();
  const visit = (node: TypeScript.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier))
      found.add(node.moduleSpecifier.text);
    if (
      ts.isImportTypeNode(node) &&
      ts.isLiteralTypeNode(node.argument) &&
      ts.isStringLiteral(node.argument.literal)
    )
      found.add(node.argument.literal.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...found];
}

/**
 * What the cells so far have declared. A cell is checked against the declarations that it can reach: those of the names
 * in it, and of the names in these, and so on. All others cost it nothing.
 */
export class Declarations {
  readonly #names = new Map<string, Declaration[]>();
  /** What names mean that no cell has declared. */
  readonly #offered = new Map<string, Declaration[]>();
  readonly #everywhere = new Set<string>();
  readonly #modules = new Set<string>();

  /** The modules that declarations name. */
  get modules(): readonly string[] {
    return [...this.#modules];
  }

  /** Another text whenever there is a new module, or a new declaration for all cells. */
  get state(): string {
    return `${this.#modules.size} ${this.#everywhere.size}`;
  }

  /** Whether some declarations hold for all cells. */
  get hasAugmentations(): boolean {
    return this.#everywhere.size > 0;
  }

  /** Takes in what a cell declares; a name means the newest value and the newest type of that name. */
  add({ names, everywhere, modules }: Declared): void {
    for (const text of everywhere) this.#everywhere.add(text);
    for (const module of modules) this.#modules.add(module);
    for (const [name, { meaning, declarations }] of names) {
      const earlier = this.#names.get(name) ?? [];
      const kept = earlier.filter((declaration) => outlives(declaration, meaning));
      // The value of a class whose name is a new type is still there.
      const lost = !meaning.value && meaning.type && earlier.some(({ value, type }) => value && type);
      if (lost && !kept.some((declaration) => declaration.value))
        kept.push({ ...value, text: `declare let ${name}: any;` });
      this.#names.set(name, [...kept, ...declarations]);
    }
  }

  /** Declares a constant that is there until a cell declares its name; nothing without a type. */
  offer(name: string, type: string | undefined): void {
    if (type === undefined || this.#names.has(name)) return;
    const text = `declare const ${name}: ${type};`;
    this.#offered.set(name, [{ ...value, text }]);
    const file = ts.createSourceFile('offered.d.ts', text, ts.ScriptTarget.Latest, true);
    for (const module of modulesOf(file)) this.#modules.add(module);
  }

  /** The text of all declarations. */
  all(): string {
    return this.#text(new Set([...this.#names.keys(), ...this.#offered.keys()]));
  }

  #of(name: string): Declaration[] | undefined {
    return this.#names.get(name) ?? this.#offered.get(name);
  }

  /** The text of the declarations that code can reach in which these names stand. */
  reachedFrom(names: Iterable<string>): string {
    const reached = new Set<string>();
    const reach = (name: string): void => {
      const declarations = reached.has(name) ? undefined : this.#of(name);
      if (!declarations) return;
      reached.add(name);
      for (const { text } of declarations) wordsOf(text).forEach(reach);
    };
    for (const name of names) reach(name);
    for (const text of this.#everywhere) wordsOf(text).forEach(reach);
    return this.#text(reached);
  }

  #text(names: Iterable<string>): string {
    const lines = [...names].flatMap((name) => this.#of(name)!.map(({ text }) => text));
    return [...this.#everywhere, ...lines].join('\n');
  }
}

function outlives({ value, type }: Meaning, newer: Meaning): boolean {
  if (value && type) return !newer.value && !newer.type;
  return (value && !newer.value) || (type && !newer.type);
}

/** The words of a text: all names in it, and what its comments say, which does no harm. */
const wordsOf = (text: string): string[] =>
  text.match(/[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/gu) ?? [];
