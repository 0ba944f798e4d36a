// Damaged inputs for every reader of what comes from outside: npm run fuzz [-- --minutes 3] [--seed 1] [--target votes]
// [--inputs N] [--from N]. An outcome is a value, or an Error that names its operation; anything else is a finding: a crash, a hang,
// endless memory, a bare TypeError. Findings are kept in runs/fuzz/<seed>-<number>/; --from N --inputs 1 tries one again.
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { keepFolder } from './fuzz/targets.mjs';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
const text = /** @type {const} */ ({ type: 'string' });
const { values: options } = parseArgs({
  options: {
    minutes: { ...text, default: '3' },
    seed: { ...text, default: '1' },
    from: { ...text, default: '0' },
    inputs: text,
    target: text,
    output: text,
  },
});
const seed = Number(options.seed);
const inputs = Number(options.inputs ?? Number.POSITIVE_INFINITY);
const kept = options.output ?? join(root, 'runs', 'fuzz');
const end = Date.now() + 60_000 * Number(options.minutes);
/** Milliseconds that one input may take, and bytes that all of them together may hold. */
const limits = { input: 120_000, start: 300_000, memory: 3 * 2 ** 30, heap: 1024 };

const scratch = mkdtempSync(join(tmpdir(), 'fuzz-'));
const counts = { tried: 0, values: 0, errors: 0, memory: 0 };
/** @type {Set<string>} */
const readers = new Set();
let findings = 0;
const known = new Set();

/**
 * Tries inputs from a number on until the time is over, or one of them ends or hangs the process.
 * @param {number} first
 * @returns {Promise<number | undefined>} the next number
 */
function tryFrom(first) {
  return new Promise((done) => {
    const child = fork(
      join(root, 'scripts', 'fuzz', 'child.mjs'),
      [scratch, String(seed), String(first), options.target ?? ''],
      {
        execArgv: [`--max-old-space-size=${limits.heap}`],
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      },
    );
    let errors = '';
    child.stderr?.on('data', (data) => {
      errors = (errors + data).slice(-3000);
    });
    let current = { number: first, name: 'start' };
    /** @type {string | undefined} */
    let why;
    const stop = (/** @type {string} */ reason) => {
      why ??= reason;
      child.kill('SIGKILL');
    };
    let timer = setTimeout(stop, limits.start, 'hangs: the start takes too long');
    child.on('message', (/** @type {any} */ message) => {
      if (message.number !== undefined) {
        if (message.number - Number(options.from) >= inputs || Date.now() > end) return stop('over');
        clearTimeout(timer);
        timer = setTimeout(stop, limits.input, `hangs: ${limits.input / 1000} s are not enough`);
        current = message;
        counts.tried++;
        readers.add(message.name);
      } else if (message.what) finding(current, message.what);
      else if (message.outcome) counts[message.outcome === 'value' ? 'values' : 'errors']++;
      else if (message.memory > limits.memory) stop(`holds ${(message.memory / 2 ** 30).toFixed(1)} GiB`);
      if (message.memory) counts.memory = Math.max(counts.memory, message.memory);
    });
    child.on('exit', (code, signal) => {
      clearTimeout(timer);
      if (why === 'over') return done(undefined);
      finding(current, why ?? `ends the process (${signal ?? `exit code ${code}`}): ${errors}`);
      done(current.name === 'start' ? undefined : current.number + 1);
    });
  });
}

/**
 * @param {{ number: number, name: string }} input
 * @param {string} what
 */
function finding({ number, name }, what) {
  // The same fault of the same target is one finding.
  const key = `${name} ${what.replace(/\d+|"[^"]*"/g, '#').slice(0, 160)}`;
  if (known.has(key)) return;
  known.add(key);
  const folder = join(kept, `${seed}-${number}`);
  mkdirSync(folder, { recursive: true });
  if (name !== 'start') keepFolder(join(scratch, 'input'), folder);
  writeFileSync(join(folder, 'finding.txt'), `${name}, seed ${seed}, input ${number}: ${what}\n`);
  findings++;
  console.error(`fuzz: ${name}, input ${number}: ${what.slice(0, 600)}`);
}

/** @type {number | undefined} */
let next = Number(options.from);
while (next !== undefined) next = await tryFrom(next);
rmSync(scratch, { recursive: true, force: true });
const { tried, values, errors, memory } = counts;
console.log(
  `fuzz: seed ${seed}, ${tried} inputs of ${readers.size} readers: ${values} values, ${errors} errors that name their operation, ${findings} findings; ${Math.round(memory / 2 ** 20)} MiB at most`,
);
process.exitCode = findings > 0 || tried === 0 ? 1 : 0;
