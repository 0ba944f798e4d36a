import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { gpuName, hasNvidiaDriver, nvidiaSmi, oldDriver } from '../../src/engine/nvidia.js';

/** An nvidia-smi that repeats what it is asked. */
let folder: string;
const answer = (script: string) => {
  writeFileSync(join(folder, 'nvidia-smi'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'nvidia-smi'), 0o755);
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'driver-'));
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

it('asks nvidia-smi, and takes a failure for no driver', () => {
  answer('echo "$@"');
  expect(nvidiaSmi('-L', 'now')).toBe('-L now');
  expect(hasNvidiaDriver()).toBe(true);
  answer('echo broken; exit 9');
  expect(nvidiaSmi('-L')).toBeUndefined();
  expect(hasNvidiaDriver()).toBe(false);
});

it.each([
  [undefined, '-i 0'],
  ['', '-i 0'],
  ['2,0', '-i 2'],
  ['GPU-8a9e', '-i GPU-8a9e'],
])('names the first GPU that CUDA_VISIBLE_DEVICES=%s leaves', (visible, asked) => {
  vi.stubEnv('CUDA_VISIBLE_DEVICES', visible);
  answer('echo "$@"');
  expect(gpuName()).toBe(`${asked} --query-gpu=name --format=csv,noheader`);
});

describe('oldDriver', () => {
  it('finds a driver of before CUDA 12', () => {
    expect(oldDriver('470.82.01')).toBe(
      'the NVIDIA driver 470.82.01 is too old for CUDA 12, which takes 525 or newer',
    );
  });

  it('finds no fault with a newer or an unknown one', () => {
    expect(oldDriver('525.60.13')).toBeUndefined();
    expect(oldDriver('580.95.05')).toBeUndefined();
    answer('exit 9');
    expect(oldDriver()).toBeUndefined();
  });
});
