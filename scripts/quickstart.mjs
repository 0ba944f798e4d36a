import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { inWords, partSeconds, work } from './quickstart/secondsOf.mjs';
import { resultLines } from './results.mjs';
import { environment, inClone, root, venvProgram } from './setup/environment.mjs';
import { foreground, secondsSince, stepSeconds } from './setup/step.mjs';
import { setUp } from './setup.mjs';

// npm run quickstart [-- --dimension physics|deformity|alignment] [--seed 1] [--clips N] [--steps N]
//                    [--frames 8, how many frames of a clip the model sees]
//                    [--folder runs/quickstart] [--notebook notebooks/01-training-run.ipynb]
const { values: options } = parseArgs({
  options: {
    dimension: { type: 'string', default: 'physics' },
    seed: { type: 'string', default: '1' },
    clips: { type: 'string' },
    steps: { type: 'string' },
    frames: { type: 'string' },
    folder: { type: 'string', default: 'runs/quickstart' },
    notebook: { type: 'string', default: 'notebooks/01-training-run.ipynb' },
  },
});
const folder = resolve(root, options.folder);
const notebook = resolve(root, options.notebook);
const summaryFile = join(folder, 'summary.json');

const start = performance.now();
await setUp({ notebooks: true });
const setupSeconds = secondsSince(start);

mkdirSync(folder, { recursive: true });
rmSync(summaryFile, { force: true });
console.log(`[notebook] ${relative(root, notebook)}, ${options.dimension}, seed ${options.seed}`);
const expected = expectedSeconds();
if (expected) console.log(`[notebook] ${inWords(expected)}, measured in a few seconds of the same work`);
const exitCode = await foreground(
  venvProgram('python'),
  [inClone('scripts', 'runNotebook.py'), notebook, folder],
  {
    env: { ...environment, ...parameters() },
  },
);
const { setupSteps, ...results } = completeSummary();
console.log(`\n${resultLines(results).join('\n')}\n`);
console.log(
  `Left in ${relative(root, folder)}/: ${basename(notebook)}, ${basename(notebook, '.ipynb')}.html, summary.json`,
);
console.log('To open the notebooks: npm run lab');
if (exitCode !== 0)
  console.error(`The notebook failed: its last cell above shows the reason (exit code ${exitCode}).`);
process.exitCode = exitCode;

/**
 * What the notebook's parts will take here; undefined for a small run, which takes no longer than the measurement, and where
 * that fails: the notebook then shows the reason.
 * @returns {Record<string, number> | undefined}
 */
function expectedSeconds() {
  const [clips, steps, frames] = [
    Number(options.clips ?? work.clips),
    Number(options.steps ?? work.steps),
    Number(options.frames ?? work.frames),
  ];
  if (!(clips >= 1000)) return undefined;
  const script = inClone('scripts', 'quickstart', 'duration.mjs');
  const { stdout, status } = spawnSync(process.execPath, [script, `${clips}`, `${steps}`, `${frames}`], {
    encoding: 'utf8',
  });
  return status === 0 ? JSON.parse(stdout.trim().split('\n').at(-1) ?? '') : undefined;
}

/** The parameters of the notebook, which it reads from its environment. */
function parameters() {
  const { dimension, seed, clips, steps, frames } = options;
  return {
    SOLIREWARD_DIMENSION: dimension,
    SOLIREWARD_SEED: seed,
    SOLIREWARD_RUN_FOLDER: folder,
    ...(clips && { SOLIREWARD_CLIPS: clips }),
    ...(steps && { SOLIREWARD_STEPS: steps }),
    ...(frames && { SOLIREWARD_FRAMES: frames }),
  };
}

/** Adds what only this script knows to the summary that the notebook wrote. */
function completeSummary() {
  const { seconds, sections = [], peakMemoryBytes } = readJson(join(folder, 'notebook.json'));
  const summary = {
    ...readJson(summaryFile),
    ...partSeconds(/** @type {{ title: string, seconds: number }[]} */ (sections)),
    setupSeconds,
    setupSteps: stepSeconds,
    notebookSeconds: seconds,
    totalSeconds: secondsSince(start),
    peakMemoryBytes,
  };
  writeFileSync(summaryFile, `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}

/**
 * @param {string} file
 * @returns {Record<string, unknown>} empty when the notebook failed before it wrote the file.
 */
function readJson(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
}
