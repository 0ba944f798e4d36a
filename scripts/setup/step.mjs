import { spawn } from 'node:child_process';
import { environment, root } from './environment.mjs';

/** A failure with its reason and what the user can type. */
export class StepError extends Error {
  /**
   * @param {string} reason
   * @param {string} remedy
   */
  constructor(reason, remedy) {
    super(reason);
    this.remedy = remedy;
  }
}

/**
 * Seconds of each step that was run, by its name.
 * @type {Record<string, number>}
 */
export const stepSeconds = {};

/**
 * Runs one step of the set-up with a line when it starts and one when it ends. A step that fails reports the reason and
 * what to type; it ends the process only if the rest needs it.
 * @param {string} name
 * @param {() => Promise<string>} action returns a note on what was done.
 * @param {{ needed?: boolean }} [options]
 * @returns {Promise<boolean>} whether it succeeded.
 */
export async function step(name, action, { needed = true } = {}) {
  const start = performance.now();
  console.log(`[set-up] ${name} ...`);
  try {
    const note = await action();
    stepSeconds[name] = secondsSince(start);
    console.log(`[set-up] ${name}: ${note} (${stepSeconds[name].toFixed(1)} s)`);
    return true;
  } catch (error) {
    stepSeconds[name] = secondsSince(start);
    const { message, remedy = 'see the lines above' } = /** @type {StepError} */ (error);
    console.error(`[set-up] ${name}: FAILED. ${message}\n         What to do: ${remedy}`);
    if (needed) process.exit(1);
    return false;
  }
}

/** @param {number} start a time of `performance.now()`. */
export function secondsSince(start) {
  return Math.round((performance.now() - start) / 100) / 10;
}

/**
 * Runs a program to its end and returns what it printed.
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, remedy?: string }} [options]
 * @returns {Promise<string>}
 * @throws {StepError} with an excerpt of its output, when it cannot start or fails.
 */
export function run(program, args, { env = environment, cwd = root, remedy } = {}) {
  const command = [program, ...args].join(' ');
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => {
      output += chunk;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const fail = (/** @type {string} */ reason) => reject(new StepError(reason, remedy ?? command));
    child.on('error', (error) => fail(`${program}: ${error.message}`));
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else fail(`"${command}" ended with ${code}:\n${excerpt(output)}`);
    });
  });
}

/**
 * Runs a program in the foreground.
 * @param {string} program
 * @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 * @returns {Promise<number>} its exit code.
 */
export function foreground(program, args, { env = environment, cwd = root } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, cwd, stdio: 'inherit' });
    const forward = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
    process.on('SIGINT', forward).on('SIGTERM', forward);
    child.on('error', (error) => {
      console.error(`${program}: ${error.message}`);
      resolve(127);
    });
    child.on('close', (code, signal) => resolve(code ?? (signal ? 130 : 1)));
  });
}

/**
 * The beginning and the end of a long output: npm says what is wrong first, compilers and pip say it last.
 * @param {string} output
 */
function excerpt(output) {
  const lines = output.trim().split('\n');
  return (lines.length <= 30 ? lines : [...lines.slice(0, 15), '...', ...lines.slice(-15)]).join('\n');
}
