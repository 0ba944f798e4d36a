// How long a run in shards takes, by a simulation of its workers: how many shards, with stragglers and kills.
// npx vite-node bench/scale.ts --print
import { Random } from '../src/base/random.js';

/** What is simulated. */
export interface Cluster {
  items: number;
  shards: number;
  workers: number;
  /** Items a second of one worker in the middle. */
  itemsPerSecond: number;
  /** Deviation of the logarithm of a worker's speed: 0.1 is about one in ten. */
  spread: number;
  /** Seconds before a shard's first item: start, loading, compiling. */
  start: number;
  /** Kills of a worker an hour, each of which begins its shard anew on it. */
  killsPerHour: number;
  seed: number;
}

/** What came of it. */
export interface Simulated {
  hours: number;
  /** Hours over those that the items alone would take if all workers were busy to the end. */
  overIdeal: number;
  kills: number;
}

/** Workers take the next shard as soon as they are free, as an array of Slurm does; a shard whose worker is killed begins anew. */
export function simulate({
  items,
  shards,
  workers,
  itemsPerSecond,
  spread,
  start,
  killsPerHour,
  seed,
}: Cluster): Simulated {
  const random = new Random(seed, shards);
  const speeds = Array.from({ length: workers }, () => itemsPerSecond * Math.exp(spread * random.normal()));
  const free = Array.from({ length: workers }, () => 0);
  const rate = killsPerHour / 3600;
  let kills = 0;
  for (let shard = 0; shard < shards; shard++) {
    let next = 0;
    for (let worker = 1; worker < workers; worker++) if (free[worker] < free[next]) next = worker;
    const work = start + items / shards / speeds[next];
    let lost = 0;
    while (rate > 0) {
      const kill = -Math.log(1 - random.uniform()) / rate;
      if (kill >= work) break;
      lost += kill;
      kills++;
    }
    free[next] += lost + work;
  }
  const hours = Math.max(...free) / 3600;
  const ideal = items / speeds.reduce((sum, speed) => sum + speed, 0) / 3600;
  return { hours, overIdeal: hours / ideal - 1, kills };
}

/** An H100 on the 1B shape, from docs/gpu: clips a second, and the seconds until its first batch (load and compile). */
const card = { itemsPerSecond: 40.8, start: 6.7 + 9.4 };

/** The plans of docs/scale.md. */
export const plans = [
  { items: 250_000, workers: 8, counts: [8, 40, 80, 250, 1_000, 4_000] },
  { items: 100_000_000, workers: 256, counts: [256, 2_560, 10_000, 40_000, 100_000] },
];

if (process.argv.includes('--print')) {
  console.log('| items | workers | shards | minutes a shard | hours | over the ideal | kills |');
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  for (const { items, workers, counts } of plans) {
    for (const shards of counts) {
      const settings = { ...card, items, workers, shards, spread: 0.1, killsPerHour: 0.05 };
      const all = [1, 2, 3, 4, 5].map((seed) => simulate({ ...settings, seed }));
      const mean = (pick: (one: Simulated) => number) =>
        all.reduce((sum, one) => sum + pick(one), 0) / all.length;
      const minutes = (card.start + items / shards / card.itemsPerSecond) / 60;
      const [hours, over, kills] = [
        mean(({ hours }) => hours),
        mean(({ overIdeal }) => overIdeal),
        mean(({ kills }) => kills),
      ];
      console.log(
        `| ${items.toLocaleString('en')} | ${workers} | ${shards.toLocaleString('en')} | ${minutes.toFixed(1)} | ` +
          `${hours.toPrecision(3)} | ${(100 * over).toFixed(0)}% | ${kills.toFixed(0)} |`,
      );
    }
  }
}
