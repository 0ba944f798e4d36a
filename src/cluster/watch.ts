import { setTimeout as sleep } from 'node:timers/promises';
import { cellSignal, jupyterDisplay } from '../base/host.js';
import { LiveDisplay } from '../notebook/liveDisplay.js';
import { type Status, type Survey, survey } from './status.js';

/** Milliseconds between two looks at the folder of a run. */
const interval = 2000;

/**
 * Watches a run in one output that is updated in place: shards done, running, failed and waiting, clips a second, when it is
 * expected to end, and failures by their reasons. It changes nothing: when you stop watching, the run continues.
 * @returns how far the run then is: all shards are done, or watching was stopped.
 * @throws as `status`.
 */
export async function watch(
  run: string,
  { signal = cellSignal() }: { signal?: AbortSignal } = {},
): Promise<Status> {
  const live = new LiveDisplay();
  let found: Survey | undefined;
  for (;;) {
    found = await survey(run, found);
    const { status } = found;
    live.show(() => status[jupyterDisplay]());
    if (status.isComplete || signal?.aborted) break;
    // An interrupt ends the waiting, and is not an error.
    await sleep(interval, undefined, { signal }).catch(() => {});
  }
  live.flush();
  return found.status;
}
