import { readdirSync, readFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { shared, terminateKey } from './interruptWords.js';

/** How long code may go on that no check reaches; and code of a cell that heeds its AbortSignal. */
const patience = { milliseconds: 400, heeding: 10_000 };

const tick = 20;

/** Whether an interrupt is being watched already: nothing must be terminated twice. */
let watching = false;

/**
 * Interrupts the main thread, from another one: flags the running cell and, where neither the cell nor the event loop
 * takes notice in time, terminates what runs: a regular expression that backtracks, a loop in a package, an endless
 * chain of promises.
 * @param words the array that is shared with the main thread
 * @param tell sends the cell's number to the main thread; 0 when no cell runs
 * @param terminated tells the main thread that the code of a cell was terminated: of the one that runs by then, which may
 *   have begun just after the interrupt was read
 */
export async function interruptMainThread(
  words: Int32Array,
  tell: (cell: number) => void,
  terminated: (cell: number) => void,
): Promise<void> {
  const received = Atomics.load(words, shared.received);
  const word = Atomics.load(words, shared.cell) & ~1;
  // Exchanged only while that same cell runs: a late interrupt cannot hit the next one.
  if (word !== 0) Atomics.compareExchange(words, shared.cell, word, word | 1);
  tell(word / 2);
  if (watching) return;
  watching = true;
  try {
    if (await isStuck(words, received)) {
      const session = new Session();
      session.connectToMainThread();
      const expression = `globalThis[Symbol.for('${terminateKey}')](${received})`;
      // What is terminated takes the evaluation with it: then there is no answer.
      const terminate = () => session.post('Runtime.evaluate', { expression }).catch(() => undefined);
      let answer = terminate();
      interruptChildren(process.pid);
      while ((await answer)?.result.value === false) {
        await sleep(tick);
        answer = terminate();
      }
      session.disconnect();
      terminated(Atomics.load(words, shared.cell) >> 1);
    }
  } finally {
    watching = false;
  }
}

/** Waits for the event loop to receive an interrupt; true when it does not in time. */
async function isStuck(words: Int32Array, received: number): Promise<boolean> {
  let start = mainThreadTime();
  for (;;) {
    await sleep(tick);
    if (Atomics.load(words, shared.received) !== received) return false;
    // The kernel's own work does not count: after it the event loop has its time.
    if (Atomics.load(words, shared.busy) === 1) start = mainThreadTime();
    const limit = Atomics.load(words, shared.heeds) === 1 ? patience.heeding : patience.milliseconds;
    if (mainThreadTime() - start > limit) return true;
  }
}

/**
 * Milliseconds of a clock that stands still while the main thread waits for a core, where Linux tells how long it has: on a
 * busy machine it may be late without being stuck, and what would be terminated then is the kernel's own answer.
 */
function mainThreadTime(): number {
  let waited = 0;
  try {
    // Nanoseconds: computed, waited for a core.
    waited = Number(readFileSync(`/proc/${process.pid}/schedstat`, 'utf8').split(' ')[1]) / 1e6;
  } catch {
    // Another system, or one without these numbers.
  }
  return performance.now() - waited;
}

/**
 * Interrupts child processes, and theirs, as Ctrl-C in a terminal does: the main thread may wait for one
 * (`execSync`). Only Linux tells which they are.
 */
function interruptChildren(pid: number): void {
  for (const child of childrenOf(pid)) {
    interruptChildren(child);
    try {
      process.kill(child, 'SIGINT');
    } catch {
      // It has ended.
    }
  }
}

function childrenOf(pid: number): number[] {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    const lists = tasks.map((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8'));
    return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
  } catch {
    return [];
  }
}
