import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { jupyterDisplay } from '../../src/base/host.js';
import { Run, readRun, statusOf } from '../../src/train/run.js';
import { insideNotebook } from '../support/fakeHost.js';

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

describe('in a notebook', () => {
  const notebook = insideNotebook();

  it('is a line in the cell that has drawn its curves, and draws them in another', () => {
    const run = new Run('runs/a', 'finished', 2, history, undefined, undefined);
    const cell = (signal: AbortSignal) => Object.assign(notebook, { signal });
    const first = new AbortController();
    cell(first.signal);
    run.shownHere();
    expect(run[jupyterDisplay]()).toEqual({ 'text/plain': String(run) });
    cell(new AbortController().signal);
    expect(Object.keys(run[jupyterDisplay]())).toContain('text/html');
  });
});

it('ends at its last step, or when nothing got better for too long', () => {
  expect(statusOf({ step: 3, stale: 2 }, { steps: 4, patience: 3 })).toBe('stopped');
  expect(statusOf({ step: 4, stale: 2 }, { steps: 4 })).toBe('finished');
  expect(statusOf({ step: 2, stale: 3 }, { steps: 4, patience: 3 })).toBe('converged');
});

it('says that there is no run in a folder', async () => {
  await expect(readRun(join(root, 'none'))).rejects.toThrow(/readRun: .*none is not a folder of a run/);
  await expect(readRun(root)).rejects.toThrow('config.json');
});
