import { join } from 'node:path';
import vm from 'node:vm';
import { type Interrupted, type Interruption, isInterrupted } from '../interrupt/interruption.js';
import { Compiler, type Diagnostic, notFound } from './compiler.js';
import type { Found } from './completion.js';
import { Failure, npmHint } from './errors.js';
import { Observed } from './hotLoops.js';
import { Modules } from './modules.js';
import { Results } from './results.js';
import { Scope } from './scope.js';
import { addSource, mapStacks, placeText, splitInlineMap } from './sourceMaps.js';
import { hiddenExports } from './syntax.js';
import { parameters, transformCell } from './transform.js';

/** Where the files of the kernel are, as they stand in a stack. */
const kernelUrl = new URL('..', import.meta.url).href;

/** The file that the cells seem to be in, for imports and `import.meta`. */
const notebookFile = 'notebook.ts';

/** A cell that does not compile; the stack is what a reader needs: the lines of the cell and the messages. */
export class CompileError extends Error {
  override name = 'CompileError';
  constructor(code: string, label: string, diagnostics: readonly Diagnostic[]) {
    super(diagnostics[0].messageText);
    const lines = code.split('\n');
    this.stack = diagnostics
      .map(({ start, messageText, fileName }) => {
        const place = placeText(fileName ?? label, { line: start.line + 1, column: start.character + 1 });
        const excerpt = fileName ? '' : `\n  ${lines[start.line] ?? ''}\n  ${' '.repeat(start.character)}^`;
        return `${place} - ${messageText}${excerpt}`;
      })
      .concat(hintOf(code, diagnostics) ?? [])
      .join('\n');
  }
}

/** What may be meant where a cell is written for Python's kernel, or a package is not installed. */
function hintOf(code: string, diagnostics: readonly Diagnostic[]): string | undefined {
  const first = code.trim();
  if (/^(%pip|%conda|!pip|!npm|%npm)\b/.test(first))
    return "To install a package: await sr.notebook.npm('name'), after import * as sr from 'solireward'.";
  if (first.startsWith('!') || /^%%?(sh|bash|cd|ls|env|system|sx)\b/.test(first)) {
    const command = JSON.stringify(first.replace(/^(!+|%%?\w+)\s*/, '').split('\n')[0]);
    return `A shell command: await sr.notebook.sh(${command}), after import * as sr from 'solireward'.`;
  }
  if (first.startsWith('%'))
    return 'There are no magics here. Shell commands: sr.notebook.sh, packages: sr.notebook.npm; a timing: console.time.';
  if (/^\?|[\w\])]\s*\?{1,2}$/.test(first))
    return 'To look a name up: Shift+Tab behind it (inspection), or Tab for what fits (completion).';
  return diagnostics
    .filter(({ code: number }) => notFound.has(number))
    .map(({ messageText }) => npmHint(/['"]([^'"]+)['"]/.exec(messageText)?.[1] ?? ''))
    .find((hint) => hint !== undefined);
}

/** The user's cells: compiled by TypeScript, run one after the other in one common scope. */
export class Cells {
  readonly #folder: string;
  readonly #compiler: Compiler;
  readonly #interruption: Interruption;
  readonly #modules: Modules;
  readonly #results = new Results();
  /** The variables of all cells. */
  readonly scope = new Scope(this.#results.variables);
  readonly #observed = new Observed();
  #scripts = 0;
  /** What the user has not been told yet. */
  #problems: readonly string[];

  /** @param folder where a cell's relative imports and packages are looked up */
  constructor(folder: string, interruption: Interruption) {
    this.#folder = folder;
    this.#interruption = interruption;
    this.#compiler = new Compiler(folder);
    this.#modules = new Modules(interruption, this.#compiler.resolveAlias);
    this.#problems = this.#compiler.problems;
    mapStacks((file) => file.startsWith(kernelUrl));
  }

  /**
   * Runs a cell and gives what `present` makes of the value of its last expression, awaited; undefined is the value
   * where there is none. What was declared stays, also when the cell fails.
   * @param label how tracebacks call the cell
   * @param begun is called as soon as an interrupt reaches the cell, before it is compiled
   * @param number by which the value is kept for later cells; undefined where it is not
   * @throws a {@link Failure} of what the cell throws, a {@link CompileError} or {@link Interrupted}
   */
  run<T>(
    code: string,
    label: string,
    present: (value: unknown) => T,
    begun: () => void = () => {},
    number?: number,
  ): Promise<Awaited<T>> {
    return this.#interruption.run(() => {
      begun();
      const { start, type } = this.#compile(code, label);
      return async () => {
        try {
          const value = await start();
          if (number !== undefined && value !== undefined && value !== null) {
            this.#results.keep(number, value);
            this.#compiler.keepResult(number, type);
          }
          return await present(value);
        } catch (error) {
          // Within the cell, so that an interrupt reaches what looks at the error.
          throw isInterrupted(error) ? error : new Failure(error);
        }
      };
    }) as Promise<Awaited<T>>;
  }

  /**
   * Names that fit at a position, each with TypeScript's word for what it is (`function`, `const`); positions are in
   * code points, as the protocol counts.
   */
  complete(code: string, cursor: number): Found {
    const at = toUnits(code, cursor);
    const { matches, kinds, start, end } = this.#interruption.protect(() =>
      this.#compiler.complete(code, at),
    );
    return { matches, kinds, start: toPoints(code, start), end: toPoints(code, end) };
  }

  /** Type and documentation of the name at a position in code points; undefined where there is none. */
  inspect(code: string, cursor: number): string | undefined {
    const at = toUnits(code, cursor);
    return this.#interruption.protect(() => this.#compiler.inspect(code, at));
  }

  #compile(code: string, label: string): { start: () => Promise<unknown>; type: () => string } {
    for (const problem of this.#problems) process.stderr.write(`${problem}\n`);
    this.#problems = [];
    const { diagnostics, output, result, type, declared, sideOutputs } = this.#compiler.compile(code);
    this.#modules.update(sideOutputs);
    if (diagnostics.length > 0) throw new CompileError(code, label, diagnostics);
    const { code: js, map } = splitInlineMap(output);
    const transformed = transformCell(js, { result, observed: this.#observed });
    // No two scripts have the same name, whatever number the front end shows.
    const file = `cell-${++this.#scripts}.ts`;
    addSource(file, label, [transformed.map, map]);

    let restore = () => {};
    const globals = {
      ...this.#modules.globals(join(this.#folder, notebookFile)),
      [parameters.define]: (accessors: object) => {
        restore = this.scope.define(accessors);
      },
      require: this.#modules.require(join(this.#folder, notebookFile)),
      exports: this.scope.view(),
      [hiddenExports]: this.scope.view(),
    };
    // In a block of its own a cell may declare `require` and `exports` anew.
    const script = new vm.Script(
      `(async function (${Object.keys(globals).join(', ')}) { "use strict"; {\n${transformed.code}\n} })`,
      { filename: file, lineOffset: -1 },
    );
    const run = script.runInThisContext() as (...values: unknown[]) => Promise<unknown>;
    const start = async () => {
      this.#compiler.keep(declared);
      try {
        return await run(...Object.values(globals));
      } catch (error) {
        restore();
        throw error;
      }
    };
    return { start, type };
  }
}

/** UTF-16 position of a position in code points. */
const toUnits = (code: string, points: number): number => [...code].slice(0, points).join('').length;

/** Position in code points of a UTF-16 position. */
const toPoints = (code: string, units: number): number => [...code.slice(0, units)].length;
