import type * as TypeScript from 'typescript';
import { ts } from './typescript.js';

/** Names that fit, each with TypeScript's word for what it is (`function`, `const`), and the text that they replace. */
export interface Found {
  matches: string[];
  kinds: string[];
  start: number;
  end: number;
}

const neverCancelled = { isCancellationRequested: () => false, throwIfCancellationRequested: () => {} };

/**
 * The names that fit at a position of a file, the likeliest first: those that begin with the word there, those that
 * begin with it in another case, those that have it in them; all where there is no word.
 */
export function completionsAt(
  program: TypeScript.Program,
  file: TypeScript.SourceFile,
  position: number,
): Found {
  const word = /[\p{ID_Continue}$\u200c\u200d]*$/u.exec(file.text.slice(0, position))![0];
  const rest = /^[\p{ID_Continue}$\u200c\u200d]*/u.exec(file.text.slice(position))![0];
  const host = {};
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
  );
  const whole = word + rest;
  const ranked = (found?.entries ?? [])
    .map((entry) => ({ ...entry, key: `${rankOf(entry.name, whole)}${entry.sortText}` }))
    .filter(({ key }) => !key.startsWith('none'))
    // Where there is a word, names that are as good keep TypeScript's order.
    .sort((a, b) => compare(a.key, b.key) || (whole === '' ? compare(a.name, b.name) : 0));
  return {
    matches: ranked.map(({ name }) => name),
    kinds: ranked.map(({ kind }) => kind),
    start: position - word.length,
    end: position + rest.length,
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function rankOf(name: string, word: string): '0' | '1' | '2' | 'none' {
  if (name.startsWith(word)) return '0';
  const [lower, part] = [name.toLowerCase(), word.toLowerCase()];
  return lower.startsWith(part) ? '1' : lower.includes(part) ? '2' : 'none';
}
