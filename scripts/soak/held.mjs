import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';

/**
 * What this process holds after so much work; open files only where there is /proc.
 * @typedef {{ done: number, megabytes: number, heapMegabytes: number, tensors: number, files: number, temporaryFiles: number }} Held
 * @param {number} done
 * @param {{ memory: () => { numTensors: number } }} tf
 * @returns {Held}
 */
export function held(done, tf) {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return {
    done,
    megabytes: Math.round(rss / 2 ** 20),
    heapMegabytes: Math.round(heapUsed / 2 ** 20),
    tensors: tf.memory().numTensors,
    files: openFiles(),
    temporaryFiles: readdirSync(tmpdir()).length,
  };
}

function openFiles() {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return 0;
  }
}
