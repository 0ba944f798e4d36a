import { createRequire } from 'node:module';
import type { Converter, Diagnostic } from 'tslab/dist/converter.js';
import type { Executor } from 'tslab/dist/executor.js';
import type * as TypeScript from 'typescript';
import { replaceForkOfTypeScript, ts } from './compiler.js';

replaceForkOfTypeScript();
const require = createRequire(import.meta.url);
const { createConverter } = require('tslab/dist/converter.js') as typeof import('tslab/dist/converter.js');
const { createExecutor } = require('tslab/dist/executor.js') as typeof import('tslab/dist/executor.js');
const { printQuickInfo } = require('tslab/dist/inspect.js') as typeof import('tslab/dist/inspect.js');

/** A cell that does not compile; the stack is what a reader needs: the lines of the cell and the messages. */
export class CompileError extends Error {
  override name = 'CompileError';
  constructor(code: string, diagnostics: Pick<Diagnostic, 'start' | 'end' | 'messageText' | 'fileName'>[]) {
    super(diagnostics[0].messageText);
    const lines = code.split('\n');
    this.stack = diagnostics
      .map(({ start, messageText, fileName }) => {
        const place = `${fileName ? `${fileName}:` : ''}${start.line + 1}:${start.character + 1}`;
        const excerpt = fileName ? '' : `\n  ${lines[start.line] ?? ''}\n  ${' '.repeat(start.character)}^`;
        return `${place} - ${messageText}${excerpt}`;
      })
      .join('\n');
  }
}

/** The user has interrupted the cell. */
export class Interrupted extends Error {
  override name = 'Interrupted';
  override stack = 'Interrupted: the cell was stopped; what earlier cells made is still there';
}

/** The user's cells: compiled and run by tslab, one after the other, in one common scope. */
export class Cells {
  readonly #converter: Converter;
  readonly #executor: Executor;
  #value: unknown;
  #errors: unknown[][] = [];
  #interrupt: (reason: Interrupted) => void = () => {};

  /** @param folder where a cell's relative imports and packages are looked up */
  constructor(folder: string) {
    const converter = createConverter();
    this.#converter = { ...converter, convert: (before, code) => withAwait(converter.convert(before, code)) };
    const converters = { node: this.#converter, browser: this.#converter, close: () => converter.close() };
    // tslab prints the last value and the errors of a cell on this console, which is not the user's.
    this.#executor = createExecutor(folder, converters, {
      log: (value: unknown) => {
        this.#value = value;
      },
      error: (...args: unknown[]) => {
        this.#errors.push(args);
      },
    });
    useOwnPackage();
  }

  /**
   * Runs a cell and gives the value of its last expression, awaited; undefined where there is none.
   * @throws what the cell throws, a {@link CompileError} or {@link Interrupted}
   */
  async run(code: string): Promise<unknown> {
    this.#value = undefined;
    this.#errors = [];
    const ok = await this.#executor.execute(code);
    if (!ok || this.#errors.length > 0) throw this.#failure(code);
    const interrupted = new Promise<never>((_, reject) => {
      this.#interrupt = reject;
    });
    return Promise.race([this.#value, interrupted]);
  }

  /** Ends the cell that awaits something; what it awaits may go on. */
  interrupt(): void {
    this.#executor.interrupt();
    this.#interrupt(new Interrupted());
  }

  /**
   * Names that fit at a position, each with TypeScript's word for what it is (`function`, `const`); positions are in
   * code points, as the protocol counts.
   */
  complete(code: string, cursor: number): { matches: string[]; kinds: string[]; start: number; end: number } {
    const { candidates, start, end, original } = this.#executor.complete(code, toUnits(code, cursor));
    const kinds = new Map(original?.entries.map(({ name, kind }) => [name, kind]));
    return {
      matches: candidates,
      kinds: candidates.map((name) => kinds.get(name) ?? ''),
      start: toPoints(code, start),
      end: toPoints(code, end),
    };
  }

  /** Type and documentation of the name at a position in code points; undefined where there is none. */
  inspect(code: string, cursor: number): string | undefined {
    const info = this.#executor.inspect(code, toUnits(code, cursor));
    return info && printQuickInfo(info);
  }

  /** Stops watching files. */
  close(): void {
    this.#executor.close();
  }

  #failure(code: string): unknown {
    const [first] = this.#errors;
    if (first.length > 1) {
      // printDiagnostics of tslab's executor: format, file name, line, column, message.
      const diagnostics = this.#errors.map(([, file, line, column, messageText]) => {
        const start = { offset: 0, line: (line as number) - 1, character: (column as number) - 1 };
        return {
          start,
          end: start,
          messageText: String(messageText),
          fileName: String(file).trim() || undefined,
        };
      });
      return new CompileError(code, diagnostics);
    }
    const error = first[0] as NodeJS.ErrnoException | undefined;
    const stopped =
      error?.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED' || error?.message === 'Interrupted asynchronously';
    return stopped ? new Interrupted() : error;
  }
}

/** Says whether the cell awaits at its top: upstream TypeScript accepts that without a word. */
function withAwait(result: ReturnType<Converter['convert']>): ReturnType<Converter['convert']> {
  if (!result.output) return result;
  const file = ts.createSourceFile('cell.js', result.output, ts.ScriptTarget.ESNext);
  const awaits = (node: TypeScript.Node): boolean =>
    !ts.isFunctionLike(node) &&
    (ts.isAwaitExpression(node) ||
      (ts.isForOfStatement(node) && node.awaitModifier !== undefined) ||
      ts.forEachChild(node, awaits) === true);
  return { ...result, hasToplevelAwait: awaits(file) };
}

/** Makes `solireward` in a cell the package of this kernel, from whatever folder the cell runs in. */
function useOwnPackage(): void {
  const scope = (globalThis as unknown as { __tslab__: { require: NodeJS.Require } }).__tslab__;
  scope.require = new Proxy(scope.require, {
    apply: (target, self, args) =>
      args[0] === 'solireward' ? require('solireward') : Reflect.apply(target, self, args),
  });
}

/** UTF-16 position of a position in code points. */
const toUnits = (code: string, points: number): number => [...code].slice(0, points).join('').length;

/** Position in code points of a UTF-16 position. */
const toPoints = (code: string, units: number): number => [...code.slice(0, units)].length;
