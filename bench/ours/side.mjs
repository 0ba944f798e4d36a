// Our side of a comparison: a process that prepares itself, then does what each line of its input names.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { say } from '../../scripts/gpuCheck/dist.mjs';

/**
 * What an action gave: the numbers that the other side has to give too. `milliseconds` where not all of it counts.
 * @typedef {{ values: Iterable<number>, milliseconds?: number }} Given
 */

/** A folder that both sides see, and what the part is to be like. */
export const settings = JSON.parse(process.argv[2]);

/**
 * Says that all is prepared, and from then on how long each action took.
 * @param {Record<string, () => Promise<Given>>} actions
 */
export async function serve(actions) {
  say({ ready: true });
  for await (const action of createInterface({ input: process.stdin })) {
    const start = performance.now();
    const { values, milliseconds = performance.now() - start } = await actions[action]();
    say({ milliseconds, values: [...values], peakMiB: peakMiB() });
  }
  process.exit(0);
}

/** The most memory that the process has held, from Linux; elsewhere nothing. */
function peakMiB() {
  try {
    return Math.round(
      Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024,
    );
  } catch {
    return undefined;
  }
}

/** Noise that is the same everywhere: bytes. @param {number} size @param {number} seed */
export function noise(size, seed) {
  const bytes = new Uint8Array(size);
  let state = seed * 7919 + 1;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}
