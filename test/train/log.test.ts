import { appendFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { appendLog, cutLog, readLog, type StepRecord } from '../../src/train/log.js';

const root = mkdtempSync(join(tmpdir(), 'log-'));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(root, 'run-'));
});
afterAll(() => rmSync(root, { recursive: true }));

const record = (step: number): StepRecord => ({
  step,
  epoch: step / 10,
  loss: 1 / step,
  meanReward: 0,
  gradNorm: 1,
  learningRate: 1e-3,
  secondsPerStep: 0.1,
});

it('reads back the lines it wrote, and nothing where there is no log', async () => {
  expect(await readLog(folder)).toEqual([]);
  for (const step of [1, 2]) await appendLog(folder, record(step));
  expect(await readLog(folder)).toEqual([record(1), record(2)]);
});

it('leaves out a line that a kill cut off, and writes on after it', async () => {
  for (const step of [1, 2, 3]) await appendLog(folder, record(step));
  appendFileSync(join(folder, 'log.jsonl'), '{"step":4,"lo');
  expect(await readLog(folder)).toHaveLength(3);
  expect(await cutLog(folder, 2)).toEqual([record(1), record(2)]);
  await appendLog(folder, record(3));
  expect(await readLog(folder)).toEqual([record(1), record(2), record(3)]);
  expect(readdirSync(folder)).toEqual(['log.jsonl']);
});
