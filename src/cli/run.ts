import { watch } from 'node:fs';
import { basename, dirname, join, parse as parsePath, resolve } from 'node:path';
import { KernelProcess } from '../../kernel/headless/kernelProcess.js';
import { movedClips } from '../../kernel/headless/movedClips.js';
import {
  type Notebook,
  type NotebookCell,
  readNotebook,
  titleOf,
  writeNotebook,
} from '../../kernel/headless/notebookFile.js';
import { parameterValue, withParameters } from '../../kernel/headless/parameters.js';
import { codeCells, runCells } from '../../kernel/headless/runCells.js';
import { parse, UsageError, type Verb } from './verb.js';

/** Time in which an editor has written all of a file. */
const settleMilliseconds = 200;

/** Exit code of a program that was interrupted. */
const interruptedCode = 130;

/** `solireward run`: runs a notebook without a front end; 1 when a cell fails, 130 when it is interrupted. */
export const run: Verb = {
  usage: `  solireward run NOTEBOOK [-p NAME=VALUE]... [--output FILE] [--watch]
                                               run a notebook of this kernel, without Jupyter or Python, with a line a
                                               cell; the executed one is written to FILE (NOTEBOOK.executed.ipynb).
                                               NAME is declared in a cell with the tag "parameters", or asked for by
                                               sr.notebook.parameter; --watch runs on from the first cell that changes`,

  async run(args) {
    const { values, positionals } = parse(args, {
      parameter: { type: 'string', short: 'p', multiple: true },
      output: { type: 'string' },
      watch: { type: 'boolean' },
    });
    if (positionals.length !== 1)
      throw new UsageError(`run takes one notebook, received ${positionals.length}`);
    const file = resolve(positionals[0]);
    const { dir, name } = parsePath(file);
    const parameters = new Map((values.parameter ?? []).map(parameterOf));
    const output = values.output ?? join(dir, `${name}.executed.ipynb`);
    if (values.watch && resolve(output) === file)
      throw new UsageError(
        'run --watch cannot write into the notebook that is edited; give another --output',
      );
    const headless = new HeadlessRun(file, output, parameters);
    return values.watch ? headless.watch() : headless.once();
  },
};

function parameterOf(text: string): [string, unknown] {
  const [, name, value] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined) throw new UsageError(`-p takes NAME=VALUE, received '${text}'`);
  return [name, parameterValue(value)];
}

/** One notebook, its kernel, and what is told of them. */
class HeadlessRun {
  #interrupted = false;
  /** The cell under way, from 1. */
  #current = 0;

  constructor(
    private readonly file: string,
    private readonly output: string,
    private readonly parameters: ReadonlyMap<string, unknown>,
  ) {}

  /** Runs the notebook once, and gives the exit code. */
  async once(): Promise<number> {
    return this.#withKernel(async (kernel, notebook) => {
      const failed = await this.#runFrom(kernel, notebook, 1);
      return this.#interrupted ? interruptedCode : failed === undefined ? 0 : 1;
    });
  }

  /** Runs the notebook, and again from the first changed cell on whenever its file changes, until it is interrupted. */
  async watch(): Promise<number> {
    return this.#withKernel(async (kernel, first) => {
      const changes = new Changes(this.file);
      try {
        let notebook = first;
        let from: number | undefined = 1;
        while (!this.#interrupted) {
          if (from !== undefined) {
            // A cell that is edited while it runs, or one before it, would compute what nobody wants any more.
            const stop = changes.onChange(async () => {
              const read = await this.#read().catch(() => undefined);
              const changed = read && firstChange(notebook, read.notebook);
              if (changed !== undefined && changed <= this.#current) kernel.interrupt();
            });
            const failed = await this.#runFrom(kernel, notebook, from);
            stop();
            if (this.#interrupted) break;
            from = failed;
            console.log(`watching ${basename(this.file)}; Ctrl-C ends it`);
          }
          await Promise.race([changes.next(), this.#interrupts]);
          if (this.#interrupted) break;
          const read = await this.#read().catch((error: Error) =>
            console.error(`solireward: ${error.message}`),
          );
          if (!read) continue; // half of an edit; the next change may mend it
          // Saved without a change, a cell that has failed is tried again: a file that it imports may have been mended.
          from = firstOf(firstChange(notebook, read.notebook), from);
          if (from !== undefined) notebook = withOutputsBefore(from, read.notebook, notebook);
        }
        return interruptedCode;
      } finally {
        changes.close();
      }
    });
  }

  #interrupt: () => void = () => {};
  readonly #interrupts = new Promise<void>((resolve) => {
    this.#interrupt = resolve;
  });

  async #read() {
    return withParameters(await readNotebook(this.file), this.parameters);
  }

  async #withKernel(work: (kernel: KernelProcess, notebook: Notebook) => Promise<number>): Promise<number> {
    const { notebook, environment } = await this.#read();
    const kernel = await KernelProcess.start(dirname(this.file), { ...process.env, ...environment });
    const onSignal = () => {
      if (this.#interrupted) process.exit(interruptedCode); // asked twice
      this.#interrupted = true;
      this.#interrupt();
      kernel.interrupt();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    try {
      return await work(kernel, notebook);
    } finally {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
      await kernel.stop();
    }
  }

  /** Runs cells and tells of each; gives the number of the one that failed. The output is on disk after each cell. */
  async #runFrom(kernel: KernelProcess, notebook: Notebook, from: number): Promise<number | undefined> {
    const start = performance.now();
    const total = codeCells(notebook).length;
    try {
      const failed = await runCells(kernel, notebook, {
        from,
        begun: (cell, number) => {
          this.#current = number;
          if (process.stdout.isTTY) process.stdout.write(`${lineOf(cell, number, total, '...')}\r`);
        },
        ended: async ({ cell, number, seconds, traceback }) => {
          console.log(lineOf(cell, number, total, traceback ? 'FAILED' : `${seconds.toFixed(1)} s`));
          if (traceback) console.log(traceback.join('\n'));
          await this.#write(notebook);
        },
      });
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      const end =
        failed === undefined ? `all ${total} cells ran` : `cell ${failed} of ${total} did not run to its end`;
      console.log(`${end}, ${seconds} s; ${this.output}`);
      return failed;
    } finally {
      await this.#write(notebook);
    }
  }

  async #write(notebook: Notebook): Promise<void> {
    const [from, to] = [this.file, resolve(this.output)].map(dirname);
    await writeNotebook(this.output, movedClips(notebook, from, to));
  }
}

const lineOf = (cell: NotebookCell, number: number, total: number, what: string): string =>
  `[${String(number).padStart(String(total).length)}/${total}] ${what.padStart(8)}  ${titleOf(cell).slice(0, 90)}`;

/** The number of the first code cell that another one is in the place of; undefined where all are the same. */
export function firstChange(before: Notebook, after: Notebook): number | undefined {
  const [old, now] = [codeCells(before), codeCells(after)];
  const place = now.findIndex(({ source }, i) => source !== old[i]?.source);
  if (place >= 0) return place + 1;
  return now.length < old.length ? now.length + 1 : undefined;
}

const firstOf = (...numbers: (number | undefined)[]): number | undefined => {
  const known = numbers.filter((number) => number !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
};

/** A notebook with the outputs that another one has before a cell. */
function withOutputsBefore(number: number, notebook: Notebook, { cells }: Notebook): Notebook {
  const done = codeCells({ ...notebook, cells }).slice(0, number - 1);
  for (const [i, { outputs, execution_count }] of done.entries())
    Object.assign(codeCells(notebook)[i], { outputs, execution_count });
  return notebook;
}

/** Changes of a file, which editors may replace; those of a moment are one. */
class Changes {
  readonly #watcher;
  readonly #listeners = new Set<() => void>();
  #pending = false;

  constructor(file: string) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    this.#watcher = watch(dirname(file), (_, name) => {
      if (name !== null && name !== basename(file)) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        this.#pending = true;
        for (const listener of this.#listeners) listener();
      }, settleMilliseconds);
    });
  }

  /** Calls back at each change; gives what ends that. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The next change, or one that nobody has waited for. */
  async next(): Promise<void> {
    if (!this.#pending)
      await new Promise<void>((resolve) => {
        const stop = this.onChange(() => {
          stop();
          resolve();
        });
      });
    this.#pending = false;
  }

  close(): void {
    this.#watcher.close();
  }
}
