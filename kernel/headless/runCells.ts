import { CellOutputs } from './cellOutputs.js';
import type { KernelProcess } from './kernelProcess.js';
import { hasTag, type Notebook, type NotebookCell } from './notebookFile.js';

/** A cell that has run. */
export interface CellRun {
  cell: NotebookCell;
  /** From 1, of the code cells. */
  number: number;
  total: number;
  seconds: number;
  /** What went wrong, in the lines that the kernel tells; undefined where nothing did. */
  traceback?: string[];
}

/**
 * Runs the code cells of a notebook from one on, and puts their outputs into it; it stops at the first that fails. A cell with the
 * tag `raises-exception` may fail, one with `skip-execution` is left out: the tags that nbclient knows.
 * @param begun called before a cell runs
 * @param ended called after it, and waited for
 * @returns the number of the first cell that did not run to its end, from 1; undefined when all did
 * @throws {Error} when the kernel ends
 */
export async function runCells(
  kernel: KernelProcess,
  notebook: Notebook,
  {
    from = 1,
    begun,
    ended,
  }: {
    from?: number;
    begun?: (cell: NotebookCell, number: number, total: number) => void;
    ended?: (run: CellRun) => void | Promise<void>;
  },
): Promise<number | undefined> {
  const outputs = new CellOutputs();
  const cells = codeCells(notebook);
  for (const cell of cells.slice(from - 1)) Object.assign(cell, { outputs: [], execution_count: null });
  for (let number = from; number <= cells.length; number++) {
    const cell = cells[number - 1];
    if (hasTag(cell, 'skip-execution') || cell.source.trim() === '') continue;
    begun?.(cell, number, cells.length);
    const start = performance.now();
    const { content } = await kernel.execute(cell.source, (message) => outputs.take(cell, message));
    const seconds = (performance.now() - start) / 1000;
    const failed = content.status !== 'ok' && !hasTag(cell, 'raises-exception');
    const traceback = failed
      ? ((content.traceback as string[] | undefined) ?? [String(content.status)])
      : undefined;
    await ended?.({ cell, number, total: cells.length, seconds, ...(traceback && { traceback }) });
    if (failed) return number;
  }
  return undefined;
}

/** The code cells of a notebook. */
export const codeCells = ({ cells }: Notebook): NotebookCell[] =>
  cells.filter(({ cell_type }) => cell_type === 'code');
