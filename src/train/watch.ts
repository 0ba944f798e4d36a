import { setTimeout as sleep } from 'node:timers/promises';
import { cellSignal } from '../base/host.js';
import { LogFollower } from './log.js';
import { type Run, runIn } from './run.js';
import { RunChart } from './runChart.js';
import { isTraining } from './runConfig.js';

/** Milliseconds between two looks at the log. */
const interval = 500;

/**
 * Watches a run that another notebook or process trains, or that continued after its tab was closed: its curves, drawn in one
 * output until it ends. What is watched is not touched: when you stop watching, the run continues.
 * @returns the run as it then is: a stopped one is resumed by `fit`
 * @throws {Error} where the folder holds no run
 */
export async function watch(
  folder: string,
  { signal = cellSignal() }: { signal?: AbortSignal } = {},
): Promise<Run> {
  const { steps } = await runIn('watch', folder);
  const chart = new RunChart(folder, steps);
  const log = new LogFollower(folder);
  const seen = async () => {
    if (await log.read()) chart.show(log.history);
  };
  while (!signal?.aborted && (await isTraining(folder))) {
    await seen();
    // An interrupt ends the waiting, and is not an error.
    await sleep(interval, undefined, { signal }).catch(() => {});
  }
  const run = await runIn('watch', folder);
  chart.finish(run);
  return run;
}
