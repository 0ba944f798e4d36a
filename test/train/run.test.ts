import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { jupyterDisplay } from '../../src/base/host.js';
import { Run, readRun, statusOf } from '../../src/train/run.js';

const root = mkdtempSync(join(tmpdir(), 'run-'));
afterAll(() => rmSync(root, { recursive: true }));

const history = [1, 2].map((step) => ({
  step,
  epoch: step,
  loss: 2 / step,
  accuracy: 0.5,
  meanReward: 0,
  gradNorm: 1,
  learningRate: 1,
  secondsPerStep: 1,
}));

it('shows its curves, and as text where it stands', () => {
  const best = { step: 2, accuracy: 0.9, folder: 'runs/a/checkpoints/step-2' };
  const run = new Run('runs/a', 'stopped', 9, history, best.folder, best);
  expect(inspect(run)).toBe('runs/a: 2 of 9 steps, stopped, loss 1.00, held-out accuracy 0.900 at step 2');
  const bundle = run[jupyterDisplay]();
  expect(bundle['text/plain']).toBe(String(run));
  expect(Object.keys(bundle)).toContain('text/html');
});

it('shows itself before its first step too', () => {
  const run = new Run('runs/a', 'stopped', 9, [], undefined, undefined);
  expect(run[jupyterDisplay]()).toEqual({ 'text/plain': 'runs/a: 0 of 9 steps, stopped' });
});

it('ends at its last step, or when nothing got better for too long', () => {
  expect(statusOf({ step: 3, stale: 2 }, { steps: 4, patience: 3 })).toBe('stopped');
  expect(statusOf({ step: 4, stale: 2 }, { steps: 4 })).toBe('finished');
  expect(statusOf({ step: 2, stale: 3 }, { steps: 4, patience: 3 })).toBe('converged');
});

it('says that there is no run in a folder', async () => {
  await expect(readRun(join(root, 'none'))).rejects.toThrow(/readRun: .*none is no folder of a run/);
  await expect(readRun(root)).rejects.toThrow('config.json');
});
