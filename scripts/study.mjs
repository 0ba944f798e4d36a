import { spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { environment, inClone, root, venvProgram } from './setup/environment.mjs';
import { secondsSince } from './setup/step.mjs';
import { setUp } from './setup.mjs';

// npm run study [-- --only 05-win-tie, more than once for several] [--fetv FOLDER, with FETV's ratings_full.csv]
//               [--folder runs/study]
// Runs the notebooks of the study in full, two at a time, and writes their claims and figures to docs/study/.
// The longest first, so that both lanes end at about the same time.
const notebooks = ['06-reward-hacking', '04-heads', '03-annotation-noise', '08-audit', '05-win-tie'];
const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: notebooks },
    fetv: { type: 'string' },
    folder: { type: 'string', default: 'runs/study' },
  },
});
const unknown = options.only.filter((name) => !notebooks.includes(name));
if (unknown.length > 0) {
  console.error(`study: there is no notebook ${unknown.join(', ')}; --only takes ${notebooks.join(', ')}`);
  process.exit(1);
}
const folder = resolve(root, options.folder);
const published = inClone('docs', 'study');

await setUp({ notebooks: true });
const start = performance.now();
const waiting = notebooks.filter((name) => options.only.includes(name));
let failed = false;
// One core each: the steps of a small model leave a second one idle half of the time.
await Promise.all([lane(), lane()]);
if (failed) {
  console.error(
    '[study] failed: the last lines of the notebook above tell the reason. Run it again: trainings are resumed.',
  );
  process.exit(1);
}
const minutes = Math.round(secondsSince(start) / 60);
writeFileSync(
  join(published, 'README.md'),
  page(options.only.length === notebooks.length ? minutes : undefined),
);
console.log(`[study] ${minutes} minutes; written to ${relative(root, published)}/README.md`);

/** Runs notebooks one after the other, as long as some are waiting. */
async function lane() {
  for (let name = waiting.shift(); name && !failed; name = waiting.shift()) {
    const output = join(folder, name);
    // What is resumed says nothing of how long the whole takes.
    const isResumed = existsSync(output);
    const begun = performance.now();
    if (await succeeds(name, output)) publish(name, output, isResumed ? undefined : secondsSince(begun));
    else failed = true;
  }
}

/**
 * Runs a notebook with its lines named after it.
 * @param {string} name
 * @param {string} output
 * @returns {Promise<boolean>}
 */
function succeeds(name, output) {
  mkdirSync(output, { recursive: true });
  const child = spawn(
    venvProgram('python'),
    [inClone('scripts', 'runNotebook.py'), inClone('notebooks', `${name}.ipynb`), output],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...environment,
        TF_NUM_INTRAOP_THREADS: '1',
        SOLIREWARD_RUN_FOLDER: output,
        SOLIREWARD_WORLDS: join(folder, 'worlds'),
        ...(options.fetv && { SOLIREWARD_FETV: resolve(options.fetv) }),
      },
    },
  );
  createInterface({ input: child.stdout }).on('line', (line) => console.log(`[${name.slice(0, 2)}] ${line}`));
  return new Promise((done) => {
    child.on('close', (code) => done(code === 0));
    child.on('error', () => done(false));
  });
}

/**
 * Copies a notebook's figures and results into the documents.
 * @param {string} name
 * @param {string} output
 * @param {number | undefined} seconds
 */
function publish(name, output, seconds) {
  const place = join(published, name);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  for (const file of readdirSync(output).filter((file) => file.endsWith('.svg'))) {
    copyFileSync(join(output, file), join(place, file));
  }
  const summary = JSON.parse(readFileSync(join(output, 'summary.json'), 'utf8'));
  writeFileSync(join(place, 'summary.json'), `${JSON.stringify({ ...summary, seconds }, null, 2)}\n`);
}

/**
 * The page of all notebooks whose results are there.
 * @param {number | undefined} minutes that all of them took together.
 */
function page(minutes) {
  const done = notebooks.toSorted().filter((name) => existsSync(join(published, name)));
  return `# The study: what was claimed, and what was found

Written by \`npm run study\` from the results of the notebooks. A claim *holds* where the whole 95% interval of the difference lies above
0, *does not hold* where it lies below, and is *not decidable* at this size otherwise. The seeds stand in the notebooks and were fixed
before they ran. Where nothing else is said, an interval is Student's over the seeds, paired; it is not widened for the number of claims, so
of twenty that are not true one may hold by chance. All of it is the small world of this repository and a model of a million parameters:
what holds here need not hold for large models on real video.${minutes ? `\nAll of these notebooks took ${minutes} minutes together, two at a time, on ${availableParallelism()} cores.` : ''}

${done.map(section).join('\n')}`;
}

/** @param {string} name */
function section(name) {
  const summary = JSON.parse(readFileSync(join(published, name, 'summary.json'), 'utf8'));
  const notebook = JSON.parse(readFileSync(inClone('notebooks', `${name}.ipynb`), 'utf8'));
  const [title] = notebook.cells[0].source;
  const { seeds, budget, seconds, claims } = summary;
  const number = (/** @type {number} */ value) => value.toPrecision(3);
  const rows = claims.map(
    (/** @type {Claim} */ { claim, measure, value, low, high, verdict }) =>
      `| ${claim} | ${measure} | ${number(value)} (${number(low)} to ${number(high)}) | ${verdict} |`,
  );
  const figures = readdirSync(join(published, name)).filter((file) => file.endsWith('.svg'));
  return `## ${title.replace('# ', '').trim()}

[\`notebooks/${name}.ipynb\`](../../notebooks/${name}.ipynb), ${seeds.length} seeds (${seeds.join(', ')}), ${budget.clips} clips a seed,
${budget.steps} updates of ${budget.pairsPerStep} pairs a training${seconds ? `, ${Math.round(seconds / 60)} min` : ''}. All numbers: [summary.json](${name}/summary.json).

| claim | measure | difference, 95% interval | verdict |
| --- | --- | --- | --- |
${rows.join('\n')}

${figures.map((file) => `![${file.replace('.svg', '')}](${name}/${file})`).join('\n')}
`;
}

/** @typedef {{ claim: string, measure: string, value: number, low: number, high: number, verdict: string }} Claim */
