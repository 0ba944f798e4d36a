// Scores over a real Slurm or Ray of this machine while its workers are killed at random moments, the disk of one is full and a clip
// hangs: npm run cluster-check [-- --on slurm|ray] [--items 20000] [--clips 200] [--shards 100] [--kills 30] [--parallel 2] [--seed 1]
// In the end every item has to be there once, in order, with the scores that one machine gives. Prints what was seen; the exit
// code is 1 where that is not so.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { saveModel, writeItems } from './cluster/model.mjs';
import { startRay, whyNoRay } from './cluster/ray.mjs';
import { startSlurm, whyNoSlurm } from './cluster/slurm.mjs';
import { until } from './cluster/until.mjs';
import { random } from './fuzz/random.mjs';
import { inClone } from './setup/environment.mjs';

const text = /** @type {const} */ ({ type: 'string' });
const { values: options } = parseArgs({
  options: {
    on: { ...text, default: 'slurm' },
    items: { ...text, default: '20000' },
    clips: { ...text, default: '200' },
    shards: { ...text, default: '100' },
    kills: { ...text, default: '30' },
    parallel: { ...text, default: '2' },
    seed: { ...text, default: '1' },
  },
});
const [items, clips, shards, kills, parallel] = [
  options.items,
  options.clips,
  options.shards,
  options.kills,
  options.parallel,
].map(Number);
const on = options.on === 'ray' ? 'ray' : 'slurm';
const why = on === 'ray' ? whyNoRay() : whyNoSlurm();
if (why) {
  console.log(`skipped: ${why}`);
  process.exit(0);
}
const cli = inClone('dist', 'src', 'cli.js');
const cluster = await import(new URL('../dist/src/cluster/index.js', import.meta.url).href);
const scratch = mkdtempSync(join(tmpdir(), 'sr-'));
const [run, model, one] = ['run', 'model', 'one.jsonl'].map((name) => join(scratch, name));
const chance = random(Number(options.seed), 1);
/** Limits that make the hanging clip one. */
const limit = ['--limit', 'workSeconds=4'];
/** @type {string[]} */
const broken = [];

await saveModel(model);
const input = await writeItems(join(scratch, 'clips'), items, clips);
const alone = performance.now();
await solireward('score', '--model', model, '--input', input, '--output', one, ...limit);
const seconds = (performance.now() - alone) / 1000;
console.log(`cluster: ${items} items of ${clips} clips on one machine alone in ${seconds.toFixed(0)} s`);
await solireward(
  'cluster',
  'plan',
  ...['--run', run, '--input', input, '--model', model],
  ...limit,
  '--shards',
  `${shards}`,
);

const scheduler =
  on === 'ray'
    ? await startRay(join(scratch, 'ray'), { cpus: parallel })
    : await startSlurm(join(scratch, 'slurm'), { cpus: parallel, arraySize: Math.ceil(shards / 2) + 1 });
let killed = 0;
try {
  const begin = performance.now();
  const command = [worker()];
  // A head of Ray that has just begun asks to be tried again: the same call resumes where it stopped.
  await until(
    'a submission',
    async () => (await cluster.submit(run, { on, parallel, command })).jobs,
    scheduler.check,
  );
  const again = await cluster.submit(run, { on, parallel, command });
  if ((await cluster.resubmit(run)) !== undefined) broken.push('resubmit starts what was submitted just now');
  if (again.jobs.length === 0) broken.push('a second submit does not know of the jobs');
  let rounds = 1;
  for (;;) {
    const status = await cluster.status(run);
    if (status.isComplete) break;
    // Spread over the work: the moments are random, and the last one comes before the end.
    if (killed < kills && status.done >= (killed * (shards - 2)) / kills && kill()) killed++;
    if (await cluster.resubmit(run)) rounds++;
    await new Promise((resolve) => setTimeout(resolve, 200 + chance.integer(1800)));
    if (performance.now() - begin > 3_000_000) throw new Error(`no end after 50 minutes:\n${status}`);
  }
  const took = (performance.now() - begin) / 1000;
  const merged = await cluster.merge(run);
  const { last, largest } = compare(merged.output);
  if (merged.items !== items || last !== items) broken.push(`${merged.items} items, not ${items}`);
  if (merged.failed !== 3) broken.push(`${merged.failed} items failed, not 3`);
  if (largest > 1e-5) broken.push(`scores differ by up to ${largest}`);
  if (killed < kills) broken.push(`${killed} kills only: the work was over before`);
  const full = existing('full.*') && readdirSync(join(run, 'submissions')).length > 1;
  if (!full) broken.push('the full disk did not come');
  const logs = await cluster.logs(run, 0);
  if (!/shard 0 of/.test(logs)) broken.push(`the log of shard 0 does not speak of it: ${logs.slice(-500)}`);
  const work = manifests().reduce((sum, manifest) => sum + manifest.seconds, 0);
  console.log(
    `cluster: ${on}: ${merged.items} items in ${shards} shards, ${merged.failed} failed; ${killed} kills, ${rounds} submissions; ` +
      `scores differ by up to ${largest.toExponential(1)}; ${took.toFixed(0)} s, ${work.toFixed(0)} s of them in shards that count`,
  );
  for (const { items, reason } of merged.failures)
    console.log(`cluster: ${items} items: ${reason.slice(0, 160)}`);
} catch (error) {
  broken.push(error instanceof Error ? String(error.stack) : String(error));
} finally {
  await scheduler.stop();
}
for (const line of broken) console.error(`cluster: broken: ${line}`);
if (broken.length === 0) rmSync(scratch, { recursive: true, force: true });
else console.error(`cluster: see ${scratch}`);
process.exit(broken.length > 0 ? 1 : 0);

/** `solireward` in a process of its own. @param {string[]} args */
async function solireward(...args) {
  const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (data) => {
    errors = (errors + data).slice(-2000);
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  // 1 says that items failed, as some have to.
  if (code !== 0 && !(args[0] === 'score' && code === 1))
    throw new Error(`solireward ${args.join(' ')} ended with ${code}: ${errors}`);
}

/** A worker whose disk is full the first time that it does shard 1: no file of it can grow beyond a kilobyte. */
function worker() {
  const file = join(scratch, 'worker.sh');
  const full = join(scratch, 'full');
  writeFileSync(
    file,
    `#!/bin/sh
case " $*" in
  *" 1/"*|*" 1,"*|*",1,"*|*",1/"*) if mkdir ${full} 2>/dev/null; then ulimit -f 2; fi;;
esac
exec ${process.execPath} ${cli} "$@"
`,
    { mode: 0o755 },
  );
  mkdirSync(run, { recursive: true });
  return file;
}

/** Kills a worker of this run, where there is one. */
function kill() {
  const found = readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return words[0] === process.execPath && words.includes('--shard') && words.includes(run);
    } catch {
      return false;
    }
  });
  if (found.length === 0) return false;
  try {
    process.kill(Number(found[chance.integer(found.length)]), 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

/** @param {string} pattern */
function existing(pattern) {
  return readdirSync(scratch).some((name) => new RegExp(`^${pattern}$`).test(name));
}

/** @returns {{ seconds: number }[]} */
function manifests() {
  const folder = join(run, 'shards');
  return readdirSync(folder)
    .filter((name) => /^\d+\.json$/.test(name))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
}

/**
 * Compares the merged file with that of one machine, line by line. @param {string} output
 * @returns {{ last: number, largest: number }}
 */
function compare(output) {
  const lines = (/** @type {string} */ path) =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  const [mine, theirs] = [lines(output), lines(one)];
  let largest = 0;
  for (const [i, { score, error, ...item }] of mine.entries()) {
    const { score: expected, error: reason, ...other } = theirs[i] ?? {};
    if (item.index !== i || JSON.stringify(item) !== JSON.stringify(other))
      broken.push(`line ${i} is of another item`);
    if ((error === undefined) !== (reason === undefined)) broken.push(`item ${i} failed on one side only`);
    if (score !== undefined) largest = Math.max(largest, Math.abs(score - expected));
    if (broken.length > 5) break;
  }
  return { last: theirs.length === mine.length ? mine.length : -1, largest };
}
