// npm run bench [-- NAME ...] [--quick] [--output FOLDER]: the library beside its peers, in turn, in one run.
// Writes bench/results.json and docs/performance.md, or both into FOLDER. NAME: some parts only (products, tutorial, 134m,
// 1b, scoring, decoding, loading, pairing, analysis, kernel), whose rows replace those of an earlier run.
// --quick: tiny sizes, to see that both sides give the same numbers; peers that are not installed are skipped.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { page } from '../bench/page.mjs';
import { parts } from '../bench/parts.mjs';
import { rowOf } from '../bench/row.mjs';
import { difference, inTurn, Side } from '../bench/turns.mjs';
import { environment, inClone, venvProgram } from './setup/environment.mjs';
import { peers } from './setup/peers.mjs';
import { step } from './setup/step.mjs';
import { setUp } from './setup.mjs';

const { values: options, positionals: named } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    output: { type: 'string' },
  },
});
const { quick, output } = options;
const all = parts(quick);
const unknown = named.filter((name) => name !== 'kernel' && !all.some((part) => part.name === name));
if (unknown.length > 0) {
  console.error(
    `bench: no part "${unknown[0]}", there are ${[...all.map(({ name }) => name), 'kernel'].join(', ')}`,
  );
  process.exit(2);
}
if (output) mkdirSync(output, { recursive: true });
const files = output
  ? { results: join(output, 'results.json'), page: join(output, 'performance.md') }
  : { results: inClone('bench', 'results.json'), page: inClone('docs', 'performance.md') };

if (!quick) {
  await setUp({ notebooks: false });
  await step('peers', peers, { needed: false });
}
const [load] = loadavg();
if (!quick && load > 0.5 * cpus().length)
  console.warn(
    `bench: the machine is busy (load ${load.toFixed(1)}): two threads that wait for each other take many times longer`,
  );
const python = resolve(venvProgram('python'));
/** @type {import('../bench/row.mjs').Row[]} */
const rows = [];
let failed = 0;

for (const part of all) {
  if (named.length > 0 ? !named.includes(part.name) : part.onDemand) continue;
  await measure(part);
  write();
}
if (named.length === 0 || named.includes('kernel')) measureKernels();
write();
console.log(`written: ${files.results}, ${files.page}`);
process.exit(failed === 0 ? 0 : 1);

/** @param {import('../bench/parts.mjs').Part} part */
async function measure(part) {
  const folder = mkdtempSync(join(tmpdir(), `bench-${part.name}-`));
  const absent = missing(part.needs);
  if (absent) console.log(`${part.name}: skipped beside its peer, ${absent}`);
  const settings = JSON.stringify({ ...part.settings, folder });
  const program = inClone('bench', 'ours', `${part.script}.mjs`);
  /** @type {Side[]} */
  const sides = [];
  try {
    if (part.make) {
      const making = JSON.stringify({ ...part.settings, folder, make: true });
      const { status, stderr } = spawnSync(process.execPath, [program, making], { encoding: 'utf8' });
      if (status !== 0) throw new Error(`${program} could not make its files:\n${stderr.slice(-2000)}`);
    }
    const ours = new Side([process.execPath, program, settings], inClone());
    sides.push(ours);
    await ours.line();
    let peer;
    let versions = '';
    if (!absent) {
      peer = new Side([python, inClone('bench', 'peers', `${part.script}.py`), settings], inClone());
      sides.push(peer);
      ({ versions } = await peer.line());
    }
    const alone = new Set(part.actions.filter((action) => action.alone).map(({ name }) => name));
    const names = part.actions.map(({ name }) => name);
    const answers = await inTurn(ours, peer, names, alone, part.rounds);
    for (const action of part.actions) {
      const own = answers[action.name];
      const differ = own.peer.length > 0 ? difference(own.ours, own.peer) : undefined;
      const counted = (/** @type {import('../bench/turns.mjs').Answer[]} */ side) =>
        side.slice(1).map(({ milliseconds }) => milliseconds);
      add(
        rowOf({
          part: part.name,
          name: action.title,
          unit: 'ms',
          ours: counted(own.ours),
          peer: counted(own.peer),
          peerName: action.alone ?? (absent || versions),
          floor: action.floor || undefined,
          differ,
          tolerance: action.tolerance,
        }),
      );
      const peaks = [own.ours, own.peer].map((side) =>
        side.flatMap(({ peakMiB }) => peakMiB || []).slice(-1),
      );
      if (part.memory && peaks[0].length > 0)
        add(
          rowOf({
            part: part.name,
            name: `${action.title}: peak of memory`,
            unit: 'MiB',
            ours: peaks[0],
            peer: peaks[1],
            peerName: absent || versions,
          }),
        );
    }
  } catch (error) {
    failed++;
    console.error(`${part.name}: failed: ${/** @type {Error} */ (error).message}`);
  } finally {
    for (const side of sides) await side.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Kernels need the client of the tests, which is TypeScript. */
function measureKernels() {
  const args = [inClone('node_modules', 'vite-node', 'vite-node.mjs'), inClone('bench', 'kernel.ts')];
  const more = { python, quick };
  const { status, stdout, stderr } = spawnSync(process.execPath, [...args, JSON.stringify(more)], {
    encoding: 'utf8',
    env: environment,
    cwd: inClone(),
    maxBuffer: 2 ** 26,
  });
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  for (const line of lines) add(rowOf(JSON.parse(line)));
  if (status !== 0 || lines.length === 0) {
    failed++;
    console.error(`kernel: failed: ${stderr.slice(-2000)}`);
  }
}

/** @param {import('../bench/row.mjs').Row} row */
function add(row) {
  rows.push(row);
  const { name, ours, peer, ratio, unit, same, floor, met } = row;
  const beside = ratio === undefined ? row.peerName : `${row.peerName} ${peer} ${unit}, ratio ${ratio}`;
  console.log(
    `${name}: ${ours} ${unit}; ${beside}${floor ? `; floor ${floor}, ${met ? 'met' : 'not met'}` : ''}`,
  );
  if (same === false) {
    failed++;
    console.error(`${name}: the two sides differ by ${row.differ}, more than ${row.tolerance}`);
  }
}

/** Why the peer cannot be asked. @param {string} modules */
function missing(modules) {
  if (!existsSync(python)) return 'there is no .venv';
  const code = `import importlib.util, sys; print(' '.join(m for m in sys.argv[1:] if not importlib.util.find_spec(m)))`;
  const { status, stdout } = spawnSync(python, ['-c', code, ...modules.split(' ')], { encoding: 'utf8' });
  const absent = stdout.trim();
  return status === 0 && absent === '' ? '' : `not in .venv: ${absent || 'Python'}`;
}

function write() {
  /** @type {import('../bench/row.mjs').Row[]} */
  const earlier =
    named.length > 0 && existsSync(files.results) ? JSON.parse(readFileSync(files.results, 'utf8')).rows : [];
  const measured = new Set(rows.map(({ part }) => part));
  const order = [...all.map(({ name }) => name), 'kernel'];
  const kept = [...earlier.filter(({ part }) => !measured.has(part)), ...rows];
  const machine = {
    cpu: cpus()[0].model,
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    load: Math.round(10 * load) / 10,
  };
  const report = {
    date: new Date().toISOString(),
    quick,
    machine,
    rows: kept.sort((a, b) => order.indexOf(a.part) - order.indexOf(b.part)),
  };
  writeFileSync(files.results, `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(files.page, page(report));
}
