import type * as TypeScript from 'typescript';
import { defaultsOf } from './defaults.js';
import { ts } from './typescript.js';

/** Options that are listed of a parameter. */
const mostOptions = 40;

/**
 * What the name at a position is: its type, its comment, its parameters with the options in them and their defaults. Inside of the
 * brackets of a call it is about what is called, beside the name there.
 * @returns undefined where there is neither
 */
export function inspectionAt(
  program: TypeScript.Program,
  file: TypeScript.SourceFile,
  position: number,
): string | undefined {
  const checker = program.getTypeChecker();
  const node = ts.getTouchingPropertyName(file, position);
  const symbol = node === file ? undefined : checker.getSymbolAtLocation(node);
  const own = symbol && new Inspection(checker, file, symbol, node);
  const called = calledAt(program, file, position);
  if (own && (own.isFunction || !called)) return own.text();
  const around = called && symbolOf(checker, called);
  if (!around || !called) return own?.text();
  return [own && `${own.head()}\n\nin the brackets of`, new Inspection(checker, file, around, called).text()]
    .filter(Boolean)
    .join('\n\n');
}

/** The name of the function whose brackets a position is in. */
function calledAt(
  program: TypeScript.Program,
  file: TypeScript.SourceFile,
  position: number,
): TypeScript.Node | undefined {
  const help = ts.SignatureHelp.getSignatureHelpItems(
    program,
    file,
    position,
    { kind: 'invoked' },
    neverCancelled,
  );
  if (!help) return undefined;
  let called: TypeScript.Node | undefined;
  const visit = (node: TypeScript.Node): void => {
    const isCall = ts.isCallExpression(node) || ts.isNewExpression(node);
    if (isCall && node.arguments?.pos === help.applicableSpan.start) called = node.expression;
    ts.forEachChild(node, visit);
  };
  visit(file);
  return called && ts.isPropertyAccessExpression(called) ? called.name : called;
}

const neverCancelled = { isCancellationRequested: () => false, throwIfCancellationRequested: () => {} };

function symbolOf(checker: TypeScript.TypeChecker, node: TypeScript.Node): TypeScript.Symbol | undefined {
  return checker.getSymbolAtLocation(node);
}

/** What can be said of a symbol at a place. */
class Inspection {
  readonly #checker: TypeScript.TypeChecker;
  readonly #file: TypeScript.SourceFile;
  readonly #node: TypeScript.Node;
  readonly #written: TypeScript.Symbol;
  readonly #symbol: TypeScript.Symbol;
  readonly #signatures: readonly TypeScript.Signature[];

  constructor(
    checker: TypeScript.TypeChecker,
    file: TypeScript.SourceFile,
    symbol: TypeScript.Symbol,
    node: TypeScript.Node,
  ) {
    this.#checker = checker;
    this.#file = file;
    this.#node = node;
    this.#written = symbol;
    // What an export or import stands for, not that it is one.
    this.#symbol = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    const type = checker.getTypeOfSymbolAtLocation(this.#symbol, node);
    const calls = type.getCallSignatures();
    this.#signatures = calls.length > 0 ? calls : type.getConstructSignatures();
  }

  get isFunction(): boolean {
    return this.#signatures.length > 0;
  }

  /** Its type. */
  head(): string {
    return ts.displayPartsToString(this.#display().displayParts);
  }

  text(): string {
    if (this.#symbol.flags & ts.SymbolFlags.ValueModule) return this.#ofModule();
    const { displayParts, documentation, tags } = this.#display();
    const { lines, listed } = this.#parameters(tags ?? []);
    const about = [
      ts.displayPartsToString(documentation),
      ...lines,
      ...(tags ?? [])
        // Defaults stand beside their parameters.
        .filter((tag) => !listed.has(tag) && tag.name !== 'defaultValue')
        .map(({ name, text }) => `@${name} ${ts.displayPartsToString(text)}`.trimEnd()),
    ].filter(Boolean);
    return [ts.displayPartsToString(displayParts), ...(about.length > 0 ? ['', ...about] : [])].join('\n');
  }

  /** What a module is for: the comment where it is exported, or at its top. */
  #ofModule(): string {
    const written = this.#written.getDocumentationComment(this.#checker);
    const file = this.#symbol.declarations?.find(ts.isSourceFile);
    const top = /^\s*\/\*\*\s*([\s\S]*?)\s*\*\//.exec(file?.text ?? '')?.[1].replace(/\n\s*\* ?/g, '\n');
    const about = ts.displayPartsToString(written) || top;
    return [`module ${this.#written.name}`, ...(about ? ['', about] : [])].join('\n');
  }

  #display() {
    return ts.SymbolDisplay.getSymbolDisplayPartsDocumentationAndSymbolKind(
      this.#checker,
      this.#symbol,
      this.#file,
      this.#node,
      this.#node,
    );
  }

  /** A line for each parameter and each of its options, and the tags that say no more. */
  #parameters(tags: readonly TypeScript.JSDocTagInfo[]): {
    lines: string[];
    listed: Set<TypeScript.JSDocTagInfo>;
  } {
    const listed = new Set<TypeScript.JSDocTagInfo>();
    // Of several signatures the one with most to say: the others are in its comment.
    const signature = [...this.#signatures].sort((a, b) => b.parameters.length - a.parameters.length)[0];
    const declaration = signature?.getDeclaration() as TypeScript.SignatureDeclaration | undefined;
    if (!declaration) return { lines: [], listed };
    const defaults = defaultsOf(declaration);
    const lines = signature.parameters.flatMap((parameter, i) => {
      const written = declaration.parameters[i];
      const isPattern = written !== undefined && !ts.isIdentifier(written.name);
      const name = isPattern ? 'options' : parameter.name;
      const tag = tags.find(({ name: kind, text }) => kind === 'param' && text?.[0]?.text === parameter.name);
      if (tag) listed.add(tag);
      const told = tag ? ts.displayPartsToString(tag.text?.slice(1)).trim() : '';
      const type = this.#checker.getTypeOfSymbolAtLocation(parameter, this.#node);
      const options = this.#options(type);
      const line = this.#line(
        '  ',
        name,
        written?.questionToken !== undefined,
        type,
        defaults.get(name),
        told,
      );
      return [
        line,
        ...options.map((option) => {
          const optionType = this.#checker.getTypeOfSymbolAtLocation(option, this.#node);
          const comment = ts.displayPartsToString(option.getDocumentationComment(this.#checker));
          const isOptional = (option.flags & ts.SymbolFlags.Optional) !== 0;
          return this.#line('    ', option.name, isOptional, optionType, defaults.get(option.name), comment);
        }),
      ];
    });
    return { lines: lines.length > 0 ? ['Parameters:', ...lines] : [], listed };
  }

  #line(
    indent: string,
    name: string,
    isOptional: boolean,
    type: TypeScript.Type,
    value: string | undefined,
    told: string,
  ): string {
    const known = isOptional ? this.#checker.getNonNullableType(type) : type;
    const text = this.#checker.typeToString(known, this.#file);
    const head = `${indent}${name}${isOptional ? '?' : ''}: ${text}${value === undefined ? '' : ` = ${value}`}`;
    return told ? `${head}\n${told.replace(/^/gm, `${indent}    `)}` : head;
  }

  /** The options in a parameter: the properties of an interface or type of options, none for lists, clips and tables. */
  #options(type: TypeScript.Type): TypeScript.Symbol[] {
    const known = this.#checker.getNonNullableType(type);
    if (known.isUnion() || !(known.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) return [];
    const properties = known.getProperties();
    const isOptional = (symbol: TypeScript.Symbol) => (symbol.flags & ts.SymbolFlags.Optional) !== 0;
    const isOptions =
      known.getCallSignatures().length === 0 &&
      properties.length > 0 &&
      properties.length <= mostOptions &&
      properties.some(isOptional) &&
      properties.every(({ flags }) => flags & ts.SymbolFlags.Property);
    return isOptions ? properties : [];
  }
}
