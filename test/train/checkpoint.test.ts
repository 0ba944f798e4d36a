import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { tf } from '../../src/engine/tf.js';
import type { RewardModel } from '../../src/model/rewardModel.js';
import { AdamW } from '../../src/train/adamw.js';
import { join as joined } from '../../src/train/buckets.js';
import {
  checkpointFolder,
  checkpointSteps,
  pruneCheckpoints,
  readState,
  restoreCheckpoint,
  saveCheckpoint,
} from '../../src/train/checkpoint.js';
import { smallModel } from '../support/smallModel.js';

const root = mkdtempSync(join(tmpdir(), 'checkpoint-'));
let run: string;
beforeEach(() => {
  run = mkdtempSync(join(root, 'run-'));
});
afterAll(() => rmSync(root, { recursive: true }));

const optimizerOf = (model: RewardModel) =>
  new AdamW(new Map(model.parameters('head').map((name) => [name, model.weights.get(name)!])));
const state = (step: number) => ({ step, cursor: 8 * step, best: { step: 2, accuracy: 0.75 }, stale: 1 });

it('restores weights, moments and state', async () => {
  const [model, other] = [await smallModel(1), await smallModel(2)];
  const optimizer = optimizerOf(model);
  const gradients = tf.tidy(() =>
    optimizer.buckets.map(({ parameters }) => joined(parameters.map(([, variable]) => variable))),
  );
  await optimizer.update(gradients, 0.1);
  const folder = await saveCheckpoint(run, state(3), { model, optimizer });
  expect(folder).toBe(checkpointFolder(run, 3));
  const { training } = JSON.parse(readFileSync(join(folder, 'solireward.json'), 'utf8'));
  expect(training).toEqual({ steps: 3, best: { step: 2, accuracy: 0.75 }, precision: 'float32' });

  const restored = optimizerOf(other);
  expect(await restoreCheckpoint(folder, { model: other, optimizer: restored })).toEqual(state(3));
  expect(restored.updates).toBe(1);
  expect(await restored.state()).toEqual(await optimizer.state());
  for (const [name, variable] of other.weights) {
    expect(await variable.data()).toEqual(await model.weights.get(name)!.data());
  }
  expect(await readState(run, 3)).toMatchObject(state(3));
  tf.dispose(gradients);
  for (const it of [optimizer, restored, model, other]) it.dispose();
});

it('knows complete checkpoints only, and overwrites what a kill left', async () => {
  const model = await smallModel();
  const optimizer = optimizerOf(model);
  expect(await checkpointSteps(run)).toEqual([]);
  const unfinished = join(run, 'checkpoints', 'unfinished-step-4');
  mkdirSync(unfinished, { recursive: true });
  writeFileSync(join(unfinished, 'junk'), 'half a file');
  expect(await checkpointSteps(run)).toEqual([]);
  for (const step of [4, 10]) await saveCheckpoint(run, state(step), { model, optimizer });
  expect(await checkpointSteps(run)).toEqual([4, 10]);
  expect(readdirSync(checkpointFolder(run, 4))).not.toContain('junk');
  optimizer.dispose();
  model.dispose();
});

it('keeps the newest and the best', async () => {
  for (const step of [1, 2, 3, 4, 12]) mkdirSync(checkpointFolder(run, step), { recursive: true });
  await pruneCheckpoints(run, 2, 2);
  expect(await checkpointSteps(run)).toEqual([2, 4, 12]);
  await pruneCheckpoints(run, 1, undefined);
  expect(await checkpointSteps(run)).toEqual([12]);
});

it('refuses the checkpoint of another model', async () => {
  const model = await smallModel();
  const optimizer = optimizerOf(model);
  const folder = await saveCheckpoint(run, state(1), { model, optimizer });
  const name = 'reward_head.3.bias';
  model.weights.set(
    name,
    tf.tidy(() => tf.variable(tf.zeros([2]))),
  );
  await expect(restoreCheckpoint(folder, { model, optimizer })).rejects.toThrow(
    /has "reward_head.3.(bias|weight)" as .*, and the model as/,
  );
  optimizer.dispose();
  model.dispose();
});
