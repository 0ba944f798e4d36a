import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { use } from '../../src/engine/use.js';
import { winTie } from '../../src/loss/winTie.js';
import { load } from '../../src/model/load.js';
import type { RewardModel } from '../../src/model/rewardModel.js';
import { MemoryStore } from '../../src/model/stages/featureStore.js';
import { Features } from '../../src/model/stages/features.js';
import { crossPrompt } from '../../src/pairing/crossPrompt.js';
import type { PairStream } from '../../src/pairing/pair.js';
import { fit } from '../../src/train/fit.js';
import type { FitOptions } from '../../src/train/fitOptions.js';
import { type Run, readRun } from '../../src/train/run.js';
import { engines } from '../support/engines.js';
import { insideNotebook } from '../support/fakeHost.js';
import { labelsOf } from '../support/labels.js';
import { smallHead, smallHeads } from '../support/smallHeads.js';
import { smallModel, withMadeUpClips } from '../support/smallModel.js';

const root = mkdtempSync(join(tmpdir(), 'head-trainings-'));
let folders = 0;
const newFolder = () => join(root, String(folders++));
beforeAll(async () => {
  await use((await engines())[0]);
});
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => {
  vi.restoreAllMocks();
});

/** Physics of all clips; deformity of the second half, with other labels. */
const labels = (count: number, name = 'clip') => {
  const clip = (i: number) => `${name}-${i % 2 === 0 ? 'pass' : 'fail'}-${i}`;
  const all = Array.from({ length: count }, (_, i) => i);
  return labelsOf([
    ...all.map((i) => ({ clip: clip(i), pass: i % 2 === 0, dimension: 'physics' })),
    ...all.slice(count / 2).map((i) => ({ clip: clip(i), pass: i % 3 === 0, dimension: 'deformity' })),
  ]);
};
const pairsOf = (dimension: string) => crossPrompt(labels(24), { dimension, winTie: 0.25, seed: 1 });
const both = () => ({ physics: pairsOf('physics'), deformity: pairsOf('deformity') });
const options = (more: Partial<FitOptions> = {}): FitOptions => ({
  ...{ folder: newFolder(), epochs: 2, batchSize: 3, accumulate: 2, learningRate: 3e-3, seed: 7 },
  ...{ loss: winTie({ margin: 1 }), evaluate: labels(12, 'other'), evaluateEvery: 2, saveEvery: 2 },
  ...more,
});
const numbers = ({ history }: Run) =>
  history.map(({ secondsPerStep: _, clipsPerSecond: __, waiting: ___, ...record }) => record);
async function bitsOf({ weights }: RewardModel): Promise<Record<string, string>> {
  const bits: Record<string, string> = {};
  for (const [name, variable] of weights) {
    bits[name] = Buffer.from((await variable.data()).slice().buffer).toString('base64');
  }
  return bits;
}

describe('fit of several heads', () => {
  it('gives each head what a fit of it alone gives, and looks at each clip once', async () => {
    const kept = vi.spyOn(MemoryStore.prototype, 'keep');
    const model = await smallHeads({ physics: [1], deformity: [2, 3] });
    const steps: string[] = [];
    const folder = newFolder();
    const runs = await fit(model, both(), {
      ...options({ folder }),
      onProgress: ({ head, step, steps: all }) => steps.push(`${head} ${step}/${all}`),
    });
    // 24 clips of the pairs and 12 held-out ones.
    expect(kept.mock.calls.length).toBe(36);
    expect(new Set(kept.mock.calls.map(([{ id }]) => id)).size).toBe(36);
    expect(Object.keys(runs)).toEqual(['physics', 'deformity-1', 'deformity-2']);
    const [long, short] = [runs.physics.steps, runs['deformity-1'].steps];
    expect(long).toBeGreaterThan(short);
    expect(steps.slice(0, 6)).toEqual(
      [1, 2].flatMap((step) => [
        `physics ${step}/${long}`,
        `deformity-1 ${step}/${short}`,
        `deformity-2 ${step}/${short}`,
      ]),
    );
    expect(steps).toHaveLength(long + 2 * short);

    for (const [name, dimension, seed] of [
      ['physics', 'physics', 1],
      ['deformity-1', 'deformity', 2],
      ['deformity-2', 'deformity', 3],
    ] as const) {
      const alone = smallHead(await smallModel(), { seed });
      const own = options({ trainable: 'head' });
      const run = await fit(alone, pairsOf(dimension), own);
      expect(await bitsOf(model.heads[name]), name).toEqual(await bitsOf(alone));
      expect(numbers(runs[name])).toEqual(numbers(run));
      expect(runs[name].best).toMatchObject({ step: run.best!.step, accuracy: run.best!.accuracy });
      const files = [
        'config.json',
        ...['model', 'optimizer'].map((file) =>
          join('checkpoints', `step-${run.steps}`, `${file}.safetensors`),
        ),
      ];
      for (const file of files) {
        expect(
          readFileSync(join(folder, name, file)).equals(readFileSync(join(own.folder, file))),
          file,
        ).toBe(true);
      }
      alone.dispose();
    }

    expect(numbers(await readRun(join(folder, 'physics')))).toEqual(numbers(runs.physics));
    const loaded = withMadeUpClips(await load(runs['deformity-2'].last!));
    expect(loaded.card).toMatchObject({ dimension: 'deformity', training: { steps: short } });
    expect(await bitsOf(loaded)).toEqual(await bitsOf(model.heads['deformity-2']));
    loaded.dispose();
    model.dispose();
  });

  it('continues from a stop to the bits of an unbroken run', async () => {
    const whole = await smallHeads({ physics: [1], deformity: [2] });
    const unbroken = await fit(whole, both(), options());
    const folder = newFolder();
    const controller = new AbortController();
    const parts = await smallHeads({ physics: [1], deformity: [2] });
    const stopped = await fit(parts, both(), {
      ...options({ folder, signal: controller.signal }),
      onProgress: ({ head, step }) => head === 'physics' && step === 2 && controller.abort(),
    });
    expect([stopped.physics.status, stopped.deformity.status]).toEqual(['stopped', 'stopped']);
    expect([stopped.physics, stopped.deformity].map(({ history }) => history.length)).toEqual([2, 1]);
    const again = await smallHeads({ physics: [1], deformity: [2] });
    const runs = await fit(again, both(), options({ folder }));
    for (const name of ['physics', 'deformity']) {
      expect(runs[name].status).toBe('finished');
      expect(await bitsOf(again.heads[name]), name).toEqual(await bitsOf(whole.heads[name]));
      expect(numbers(runs[name])).toEqual(numbers(unbroken[name]));
    }
    for (const model of [whole, parts, again]) model.dispose();
  });

  it('leaves the backbone and the heads without pairs as they are', async () => {
    const model = await smallHeads({ physics: [1], deformity: [2] });
    const { physics, deformity } = model.heads;
    const [before, untouched] = [await bitsOf(physics), await bitsOf(deformity)];
    const features = new Features('head');
    const runs = await fit(model, { physics: pairsOf('physics') }, options({ steps: 2, features }));
    expect(Object.keys(runs)).toEqual(['physics']);
    expect(await bitsOf(deformity)).toEqual(untouched);
    const after = await bitsOf(physics);
    const moved = Object.keys(after).filter((name) => after[name] !== before[name]);
    expect(moved.length).toBeGreaterThan(8);
    expect(physics.parameters('head')).toEqual(expect.arrayContaining(moved));
    model.dispose();
  });

  describe('in a notebook', () => {
    const notebook = insideNotebook();

    it('draws the curves of each head in an output of its own', async () => {
      const model = await smallHeads({ physics: [1], deformity: [2] });
      const runs = await fit(model, both(), options({ steps: 2 }));
      const last = new Map(notebook.shown.map(({ bundle, options }) => [options.displayId, bundle]));
      expect([...last.values()].map((bundle) => bundle['text/plain'])).toEqual(
        Object.values(runs).map(String),
      );
      model.dispose();
    });
  });

  it('refuses what it cannot train, before anything is written', async () => {
    const model = await smallHeads({ physics: [1], deformity: [2] });
    const folder = newFolder();
    const refused = (pairs: Record<string, PairStream>, more: Partial<FitOptions> = {}) =>
      fit(model, pairs, options({ folder, ...more })).catch(String);
    expect(await refused(both(), { trainable: 'all' })).toContain(
      'trained with trainable "head", received "all"',
    );
    expect(await refused({})).toContain('expected pairs of at least one dimension, received none');
    expect(await refused({ beauty: pairsOf('physics') })).toContain(
      'no dimension "beauty", only physics, deformity',
    );
    expect(await refused({ physics: pairsOf('deformity') })).toContain('are labelled for "deformity"');
    expect(() => readFileSync(join(folder, 'physics', 'config.json'))).toThrow('ENOENT');
    model.dispose();
  });
});
