import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { plan } from '../../src/cluster/plan.js';
import type { Clip } from '../../src/data/clip.js';
import type { RewardModel } from '../../src/model/rewardModel.js';
import type { Plan } from '../../src/score/plan.js';
import { type ShardOptions, scoreShard } from '../../src/score/shard.js';
import { goldenPath } from './goldenFolder.js';

/** Scores a clip by the number in its file's name; a file without a number is unreadable. */
export const numbering = {
  config: { frames: 2, llm: { heads: 2 } },
  weights: new Map(),
  prompts: { user: 'Is it good?' },
  processor: {
    async processMany(clips: readonly Clip[]) {
      await new Promise((resolve) => setImmediate(resolve));
      const number = ({ path }: Clip) => Number(/^\d+/.exec(basename(path)) ?? -1);
      return {
        inputs: clips.map((clip) =>
          number(clip) >= 0 ? { value: number(clip), inputIds: { length: 5 } } : undefined,
        ),
        failures: clips
          .filter((clip) => number(clip) < 0)
          .map((clip) => ({ clip, reason: `probe: cannot read ${clip.path}: no number` })),
      };
    },
  },
  rewards: async (inputs: readonly { value: number }[]) => inputs.map(({ value }) => value / 2),
} as unknown as RewardModel;

/** A planned run of so many shards, in a folder that is removed by `remove`. The model of the plan is not the one that scores. */
export class ShardRun {
  constructor(
    readonly folder: string,
    readonly run: string,
    readonly input: string,
    readonly plan: Plan,
  ) {}

  static async of(items: readonly unknown[], shards: number): Promise<ShardRun> {
    const folder = await mkdtemp(join(tmpdir(), 'shards-'));
    const [run, input] = [join(folder, 'run'), join(folder, 'items.json')];
    await writeFile(input, JSON.stringify(items));
    const model = goldenPath('checkpoints', 'internvl3-tiny');
    const made = await plan({ run, input, model, shards, batchSize: 2 });
    return new ShardRun(folder, run, input, made);
  }

  /** Does a shard in this process. */
  score(shard: number, more: Partial<ShardOptions> = {}) {
    return scoreShard({
      ...{ run: this.run, shard, load: async () => ({ model: numbering, engine: 'cpu' }) },
      ...more,
    });
  }

  async scoreAll(): Promise<void> {
    for (let shard = 0; shard < this.plan.shards; shard++) await this.score(shard);
  }

  /** A file of a shard. */
  file(shard: number, end: string): string {
    return join(this.run, 'shards', `${String(shard).padStart(6, '0')}.${end}`);
  }

  async lines(path: string): Promise<Record<string, unknown>[]> {
    const text = await readFile(path, 'utf8');
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }
}

/** Items of clips `0.mp4`, `1.mp4` and so on. */
export const numbered = (count: number): { video_path: string; note: string }[] =>
  Array.from({ length: count }, (_, i) => ({ video_path: `${i}.mp4`, note: `n${i}\u2028` }));
