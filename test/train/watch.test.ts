import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mime } from '../../src/base/host.js';
import { appendLog, cutLog } from '../../src/train/log.js';
import { lockFolder } from '../../src/train/runConfig.js';
import { watch } from '../../src/train/watch.js';
import { insideNotebook } from '../support/fakeHost.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watch-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A folder as `fit` has it before its first step. */
async function begin(): Promise<() => Promise<void>> {
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ steps: 4 }));
  return lockFolder(folder);
}

const record = (step: number) => ({
  step,
  epoch: step,
  loss: 2 / step,
  meanReward: 0,
  gradNorm: 1,
  learningRate: 1,
  secondsPerStep: 2,
});

/** Ends the run: a checkpoint says how far it is. */
function finish(step: number): void {
  const checkpoint = join(folder, 'checkpoints', `step-${step}`);
  mkdirSync(checkpoint, { recursive: true });
  writeFileSync(join(checkpoint, 'state.json'), JSON.stringify({ step, cursor: 0, stale: 0 }));
}

describe('watch', () => {
  const notebook = insideNotebook();
  const lines = () => notebook.shown.map(({ bundle }) => String(bundle[mime.text]));

  it('draws the curves of a run in one output until it ends, and returns it', async () => {
    const unlock = await begin();
    const watching = watch(folder);
    await appendLog(folder, record(1));
    await expect.poll(lines).toEqual([`${folder} 1/4 25% loss 2.00 eta 0:06`]);
    await appendLog(folder, record(2));
    await appendFile(join(folder, 'log.jsonl'), '{"step":3,"lo');
    await expect.poll(() => lines().at(-1)).toBe(`${folder} 2/4 50% loss 1.00 eta 0:04`);
    // It was killed and gone on with: the log is cut back.
    await cutLog(folder, 1);
    await appendLog(folder, record(2));
    await appendLog(folder, record(3));
    await appendLog(folder, record(4));
    finish(4);
    await unlock();
    const run = await watching;
    expect(run).toMatchObject({ status: 'finished', steps: 4 });
    expect(run.history.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(lines().at(-1)).toBe(`${folder}: 4 of 4 steps, loss 0.500`);
    expect(notebook.shown.at(-1)?.bundle).toHaveProperty([mime.html]);
    expect(new Set(notebook.shown.map(({ options }) => options.displayId)).size).toBe(1);
  });

  it('shows a run that has ended once, and a stopped one as stopped', async () => {
    const unlock = await begin();
    await appendLog(folder, record(1));
    await unlock();
    const run = await watch(folder);
    expect(run.status).toBe('stopped');
    expect(lines()).toEqual([`${folder}: 1 of 4 steps, stopped, loss 2.00`]);
  });

  it('stops watching by a signal, and leaves the run as it is', async () => {
    const unlock = await begin();
    await appendLog(folder, record(1));
    const stop = new AbortController();
    const watching = watch(folder, { signal: stop.signal });
    await expect.poll(lines).toHaveLength(1);
    stop.abort();
    expect((await watching).history).toHaveLength(1);
    await expect(lockFolder(folder)).rejects.toThrow('is in use');
    await unlock();
  });

  it('refuses a folder without a run, and a lock that does not say whose it is', async () => {
    await expect(watch(join(folder, 'none'))).rejects.toThrow(/watch: .*none is not a folder of a run/);
    writeFileSync(join(folder, 'config.json'), '{"steps": 4');
    await expect(watch(folder)).rejects.toThrow('config.json is damaged');
    writeFileSync(join(folder, 'config.json'), '{"steps": 4}');
    writeFileSync(join(folder, 'run.lock'), 'x');
    await expect(watch(folder)).rejects.toThrow('its lock does not say by whom');
  });
});
