import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { environment, inClone, root, venvProgram } from '../setup/environment.mjs';
import { foreground } from '../setup/step.mjs';

/**
 * @typedef {{ cell_type: string, id: string, source: string | string[], outputs?: { output_type?: string, data?: object }[],
 *   execution_count?: number | null }} Cell
 * @typedef {{ cells: Cell[], metadata: object }} Notebook
 */

const quickstart = inClone('runs', 'quickstart');

/**
 * A notebook as it is today, with the outputs of its last run; it is run first where there is none, or where a cell's code was
 * another one then.
 * @param {string} name such as `notebooks/01-training-run`
 * @param {string} last id of the last cell that is needed
 * @param {string} fetv folder of FETV's clips and ratings
 * @returns {Promise<Notebook>}
 * @throws {Error} where the run fails
 */
export async function executed(name, last, fetv) {
  const today = read(inClone(`${name}.ipynb`));
  const needed = today.cells.slice(0, today.cells.findIndex(({ id }) => id === last) + 1);
  const { folder, run } = runs(fetv)[name];
  const file = join(folder, `${name.split('/').at(-1)}.ipynb`);
  if (!isRunOf(needed, file)) {
    console.log(
      `[pictures] ${name} is run into ${relative(root, folder)}: there is no run of its code of today`,
    );
    mkdirSync(folder, { recursive: true });
    const exitCode = await run(needed);
    if (exitCode !== 0)
      throw new Error(
        `pictures: ${name} failed with exit code ${exitCode}: its last cell reports the reason`,
      );
  }
  const outputs = new Map(read(file).cells.map((cell) => [cell.id, cell]));
  return { ...today, cells: today.cells.map((cell) => ({ ...cell, ...pick(outputs.get(cell.id)) })) };
}

/**
 * Where each notebook's run is kept, and how it is made.
 * @param {string} fetv
 * @returns {Record<string, { folder: string, run: (cells: Cell[]) => Promise<number> }>}
 */
function runs(fetv) {
  const full = inClone('runs', 'pictures');
  return {
    'notebooks/01-training-run': {
      folder: quickstart,
      run: runQuickstart,
    },
    'notebooks/02-real-ratings': {
      folder: inClone('runs', 'fetv'),
      run: () =>
        runNotebook(inClone('notebooks', '02-real-ratings.ipynb'), inClone('runs', 'fetv'), {
          SOLIREWARD_FETV: fetv,
          SOLIREWARD_RUN_FOLDER: inClone('runs', 'fetv'),
        }),
    },
    // As far as it says what a training takes: of the votes and the model of the tutorial, in place of a published one on a GPU.
    'notebooks/07-full-run': {
      folder: full,
      run: async (cells) => {
        const votes = join(quickstart, 'world-7000-1', 'votes.csv');
        const exitCode = existsSync(votes) ? 0 : await runQuickstart();
        if (exitCode !== 0) return exitCode;
        const cut = join(full, 'cut', '07-full-run.ipynb');
        mkdirSync(join(full, 'cut'), { recursive: true });
        writeFileSync(cut, JSON.stringify({ ...read(inClone('notebooks', '07-full-run.ipynb')), cells }));
        return runNotebook(cut, full, {
          SOLIREWARD_VOTES: votes,
          SOLIREWARD_MODEL: join(quickstart, 'model-physics-1-8'),
          SOLIREWARD_RUN_FOLDER: full,
        });
      },
    },
  };
}

const runQuickstart = () => foreground(process.execPath, [inClone('scripts', 'quickstart.mjs')]);

/**
 * @param {string} notebook
 * @param {string} folder
 * @param {Record<string, string>} parameters
 */
const runNotebook = (notebook, folder, parameters) =>
  foreground(venvProgram('python'), [inClone('scripts', 'runNotebook.py'), notebook, folder], {
    env: { ...environment, ...parameters },
  });

/**
 * Whether a file is a run of these cells: the same code, and each has been executed without an error.
 * @param {Cell[]} cells
 * @param {string} file
 */
export function isRunOf(cells, file) {
  if (!existsSync(file)) return false;
  const ran = new Map(read(file).cells.map((cell) => [cell.id, cell]));
  return cells
    .filter(({ cell_type }) => cell_type === 'code')
    .every((cell) => {
      const then = ran.get(cell.id);
      const failed = then?.outputs?.some(({ output_type }) => output_type === 'error');
      return then?.execution_count && !failed && text(then) === text(cell);
    });
}

/** @param {Cell} cell */
const text = ({ source }) => [source].flat().join('');

/** @param {Cell | undefined} cell */
const pick = (cell) => cell?.outputs && { outputs: cell.outputs, execution_count: cell.execution_count };

/** @param {string} file @returns {Notebook} */
export const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
