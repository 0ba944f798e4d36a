import type * as TypeScript from 'typescript';
import { ts } from './typescript.js';

/** What an is_complete_request is answered. */
export type Completeness =
  | { status: 'complete' }
  | { status: 'incomplete'; indent: string }
  | { status: 'invalid' };

type SyntaxError = Pick<TypeScript.DiagnosticWithLocation, 'start' | 'code'>;

/** TypeScript's numbers of "Unterminated string literal" and "Unterminated regular expression literal". */
const endAtLineEnd = new Set([1002, 1161]);

/** Whether a cell can run as it stands, becomes one by more lines, or never will. */
export function completeness(code: string): Completeness {
  const [first] = syntaxErrors(code);
  if (!first) return { status: 'complete' };
  // Only what is missed at the very end can still come, and no string goes on in the next line.
  if (first.start < code.trimEnd().length || endAtLineEnd.has(first.code)) return { status: 'invalid' };
  return { status: 'incomplete', indent: nextIndent(code) };
}

/** The syntax errors of a cell, taken as a module: it may await at its top. */
function syntaxErrors(code: string): readonly SyntaxError[] {
  const file = ts.createSourceFile('cell.ts', code, {
    languageVersion: ts.ScriptTarget.Latest,
    setExternalModuleIndicator: (file) => {
      (file as { externalModuleIndicator?: true }).externalModuleIndicator = true;
    },
  });
  return (file as TypeScript.SourceFile & { parseDiagnostics: SyntaxError[] }).parseDiagnostics;
}

/** As the last line, and two more behind an opening bracket. */
function nextIndent(code: string): string {
  const line = code.trimEnd().split('\n').at(-1)!;
  const indent = /^\s*/.exec(line)![0];
  return /[([{]$/.test(line) ? `${indent}  ` : indent;
}
