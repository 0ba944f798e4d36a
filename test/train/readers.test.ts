import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { addressOf } from '../support/built.js';
import { temporaryFolder } from '../support/videoFixtures.js';

const built = async <T>(path: string): Promise<T> => await import(addressOf(path));
const { use } = await built<typeof import('../../src/engine/use.js')>('engine/use.js');
const { tiny } = await built<typeof import('../../src/model/tiny.js')>('model/tiny.js');
const { makeWorld } = await built<typeof import('../../src/data/world/world.js')>('data/world/world.js');
const { aggregate } =
  await built<typeof import('../../src/data/votes/aggregate.js')>('data/votes/aggregate.js');
const { crossPrompt } =
  await built<typeof import('../../src/pairing/crossPrompt.js')>('pairing/crossPrompt.js');
const { fit } = await built<typeof import('../../src/train/fit.js')>('train/fit.js');
const { clips: score } = await built<typeof import('../../src/score/clips.js')>('score/clips.js');
const { readers, closeReaders } =
  await built<typeof import('../../src/data/video/readWorkers.js')>('data/video/readWorkers.js');

const folder = temporaryFolder();
afterAll(() => closeReaders());

describe('training and scoring', () => {
  it('have the same bits however many threads read the clips, after a stop too', async () => {
    await use('auto');
    const world = await makeWorld({ clips: 40, seed: 3, folder: join(folder, 'world') });
    const labels = aggregate(world.votes, { method: 'majority' });
    const pairs = () => crossPrompt(labels, { dimension: 'physics', seed: 1 });

    const train = async (threads: number, stopAt?: number) => {
      readers.threads = threads;
      const model = await tiny({ dimension: 'physics', seed: 1, config: { numSegments: 2 } });
      const stop = new AbortController();
      const options = {
        trainable: 'decoder+head',
        steps: 4,
        batchSize: 4,
        saveEvery: 2,
        evaluateEvery: 2,
      } as const;
      const run = await fit(model, pairs(), {
        ...options,
        evaluate: labels,
        folder: join(folder, `run-${threads}`),
        signal: stop.signal,
        onProgress: ({ step }) => step === stopAt && stop.abort(),
      });
      const scores = stopAt === undefined ? await score(model, world.clips) : undefined;
      model.dispose();
      return { run, scores: scores?.array('score') };
    };

    const none = await train(0);
    expect((await train(3, 2)).run.status).toBe('stopped');
    const some = await train(3);
    expect(some.scores).toEqual(none.scores);
    for (const file of ['model.safetensors', 'optimizer.safetensors']) {
      const [a, b] = [0, 3].map((n) => readFileSync(join(folder, `run-${n}`, 'checkpoints', 'step-4', file)));
      expect(b.equals(a), file).toBe(true);
    }

    for (const { run } of [none, some]) {
      const lines = readFileSync(join(run.folder, 'log.jsonl'), 'utf8').trim().split('\n');
      expect(lines).toHaveLength(4);
      for (const { clipsPerSecond, waiting } of lines.map((line) => JSON.parse(line))) {
        expect(clipsPerSecond).toBeGreaterThan(0);
        expect(waiting).toBeGreaterThanOrEqual(0);
        expect(waiting).toBeLessThanOrEqual(1);
      }
      expect(String(run)).toMatch(/clips a second, \d+% of the time waiting for them/);
    }
  });
});
