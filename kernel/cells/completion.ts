import type * as TypeScript from 'typescript';
import { ts } from './typescript.js';

/** Names that fit, each with TypeScript's word for what it is (`function`, `const`), and the text that they replace. */
export interface Found {
  matches: string[];
  kinds: string[];
  start: number;
  end: number;
}

const includeSymbol = true;

const neverCancelled = { isCancellationRequested: () => false, throwIfCancellationRequested: () => {} };

/**
 * The names that fit at a position of a file, the likeliest first: those that begin with the word there, those that
 * begin with it in another case, those that have it in them; all where there is no word.
 */
export function completionsAt(
  program: TypeScript.Program,
  host: TypeScript.CompilerHost,
  file: TypeScript.SourceFile,
  position: number,
): Found {
  const log = () => {};
  const found = ts.Completions.getCompletionsAtPosition(
    host,
    program,
    log,
    file,
    position,
    {},
    undefined,
    ts.CompletionTriggerKind.Invoked,
    neverCancelled,
    undefined,
    includeSymbol,
  ) as { entries: (TypeScript.CompletionEntry & { symbol?: TypeScript.Symbol })[] } | undefined;
  const { start, end } = replaced(file.text, position, found?.entries[0]?.replacementSpan);
  const word = file.text.slice(start, end);
  const ranked = (found?.entries ?? [])
    .map((entry) => ({ ...entry, key: `${rankOf(entry.name, word)}${entry.sortText}` }))
    .filter(({ key }) => !key.startsWith('none'))
    // Where there is a word, names that are as good keep TypeScript's order.
    .sort((a, b) => compare(a.key, b.key) || (word === '' ? compare(a.name, b.name) : 0));
  return {
    matches: ranked.map(({ name }) => name),
    kinds: ranked.map(({ kind, symbol }, i) =>
      symbol && i < mostKinds ? kindOf(program.getTypeChecker(), symbol, file, kind) : kind,
    ),
    start,
    end,
  };
}

/** So many names, the likeliest, are looked at for what they are. */
const mostKinds = 300;

/** What a name stands for: that it is imported or exported is not a kind, and a value that can be called is a function. */
function kindOf(
  checker: TypeScript.TypeChecker,
  symbol: TypeScript.Symbol,
  file: TypeScript.SourceFile,
  kind: string,
): string {
  const meant = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const own = meant === symbol ? kind : ts.SymbolDisplay.getSymbolKind(checker, meant, file);
  if (!callable.has(own)) return own;
  const type = checker.getTypeOfSymbolAtLocation(meant, file);
  if (type.getConstructSignatures().length > 0) return 'class';
  if (type.getCallSignatures().length === 0) return own;
  return own === 'property' ? 'method' : 'function';
}

/** Kinds of names whose values may be functions. */
const callable = new Set(['const', 'let', 'var', 'local var', 'property', 'parameter']);

/** The text that a completion replaces: the word there, or what TypeScript says, as for the name of a module. */
function replaced(
  text: string,
  position: number,
  span: TypeScript.TextSpan | undefined,
): { start: number; end: number } {
  if (span) return { start: span.start, end: span.start + span.length };
  const before = /[\p{ID_Continue}$\u200c\u200d]*$/u.exec(text.slice(0, position))![0];
  const after = /^[\p{ID_Continue}$\u200c\u200d]*/u.exec(text.slice(position))![0];
  return { start: position - before.length, end: position + after.length };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function rankOf(name: string, word: string): '0' | '1' | '2' | 'none' {
  if (name.startsWith(word)) return '0';
  const [lower, part] = [name.toLowerCase(), word.toLowerCase()];
  return lower.startsWith(part) ? '1' : lower.includes(part) ? '2' : 'none';
}
