import { spawn } from 'node:child_process';

/**
 * @typedef {object} Outcome
 * @property {'measured' | 'failed' | 'out of time' | 'skipped'} status
 * @property {string} [reason] why it was not measured.
 * @property {number} seconds
 * @property {any[]} lines what was said, also before a failure.
 */

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
process.on('exit', killAll);
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM']))
  process.on(signal, () => process.exit(130));

/**
 * Runs a program that prints lines of JSON, and ends it with its children when its time is up. A line `{ "skipped": why }`
 * says that there is nothing to measure.
 * @param {string} program
 * @param {string[]} args
 * @param {{ limit: number, cwd?: string }} options limit in seconds.
 * @returns {Promise<Outcome>}
 */
export function runChild(program, args, { limit, cwd }) {
  const start = performance.now();
  return new Promise((resolve) => {
    // A group of its own, so that it can be ended with its children.
    const child = spawn(program, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    let [output, errors, late] = ['', '', false];
    const timer = setTimeout(() => {
      late = true;
      kill(child);
    }, 1000 * limit);
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      errors = (errors + chunk).slice(-4000);
    });
    /** @param {string} [failure] */
    const end = (failure) => {
      clearTimeout(timer);
      running.delete(child);
      const seconds = Math.round((performance.now() - start) / 100) / 10;
      const lines = output.split('\n').flatMap(parsed);
      const skipped = lines.find(({ skipped }) => skipped)?.skipped;
      if (late) resolve({ status: 'out of time', reason: `ended after ${limit} s`, seconds, lines });
      else if (failure) resolve({ status: 'failed', reason: failure, seconds, lines });
      else if (skipped) resolve({ status: 'skipped', reason: skipped, seconds, lines });
      else resolve({ status: 'measured', seconds, lines });
    };
    child.on('error', ({ message }) => end(message));
    child.on('close', (code, signal) => {
      end(code === 0 ? undefined : reasonOf(errors) || `ended by ${signal ?? `exit code ${code}`}`);
    });
  });
}

/** @param {import('node:child_process').ChildProcess} child */
function kill(child) {
  try {
    if (child.pid) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

function killAll() {
  for (const child of running) kill(child);
}

/** The error that ended a program, or else what it said last. @param {string} errors */
function reasonOf(errors) {
  const lines = errors.split('\n').filter((line) => line.trim());
  const error = lines.findLast((line) => /^(\w+\.)*\w*(Error|Exception)\b/.test(line));
  return (error ?? lines.slice(-3).join('; ')).slice(0, 600);
}

/** The object of a line, if it is one. @param {string} line @returns {any[]} */
function parsed(line) {
  if (!line.startsWith('{')) return [];
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}
