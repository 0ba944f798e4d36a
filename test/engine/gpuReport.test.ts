import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cudaFolder } from '../../src/engine/cudaFolder.js';
import { readGpuReport } from '../../src/engine/gpuReport.js';
import { use } from '../../src/engine/use.js';

/** What TensorFlow 2.21 says when it starts, with and without CUDA. */
const start = `WARNING: All log messages before absl::InitializeLog() is called are written to STDERR
I0000 00:00:1795706771.100000   12068 port.cc:153] oneDNN custom operations are on. You may see slightly different numerical results.
I0000 00:00:1795706771.200000   12068 cpu_feature_guard.cc:227] This TensorFlow binary is optimized to use available CPU instructions in performance-critical operations.
To enable the following instructions: AVX2 FMA, in other operations, rebuild TensorFlow with the appropriate compiler flags.
`;
const at = '0000 00:00:1795706771.557306   12068';
const opened = (name: string) => `I${at} dso_loader.cc:133] Successfully opened dynamic library ${name}\n`;
const missed = (name: string) =>
  `I${at} dso_loader.cc:144] Could not load dynamic library '${name}'; dlerror: ${name}: cannot open shared object file: No such file or directory\n`;
const skipped = `W${at} gpu_device.cc:2365] Cannot dlopen some GPU libraries. Please make sure the missing libraries mentioned above are installed properly if you would like to use GPU.
Skipping registering GPU devices...
`;
const cuInit = (error: string) =>
  `E${at} cuda_platform.cc:52] failed call to cuInit: INTERNAL: CUDA error: Failed call to cuInit: ${error}\n`;
const driver = start + opened('libcuda.so.1');

describe('readGpuReport', () => {
  const said = (text: string, signal: string | null = null, visible?: string) =>
    readGpuReport({ text, signal }, visible);

  it('tells the library without CUDA by its not looking for a driver', () => {
    expect(said(start)).toBe(
      'the TensorFlow library here is the one without CUDA: npx solireward engine build --cuda',
    );
  });

  it('misses the driver', () => {
    expect(said(start + missed('libcuda.so.1') + cuInit('UNKNOWN ERROR (303)'))).toBe(
      'no NVIDIA driver (its libcuda.so.1 is not found)',
    );
  });

  it('names each library that is missing, and only those that TensorFlow needs', () => {
    const text =
      driver +
      missed('libnvidia-ml.so.1') +
      opened('libcudart.so.12') +
      missed('libcusolver.so.11') +
      missed('libcusparse.so.12') +
      skipped;
    expect(said(text)).toBe(
      'TensorFlow does not find libcusolver.so.11, libcusparse.so.12: npx solireward engine build --cuda',
    );
  });

  it('repeats what TensorFlow says of the GPU, once', () => {
    const error = 'CUDA_ERROR_OUT_OF_MEMORY: out of memory';
    expect(said(driver + cuInit(error) + cuInit(error))).toBe(
      `TensorFlow says: failed call to cuInit: INTERNAL: CUDA error: Failed call to cuInit: ${error}`,
    );
    expect(
      said(`2022-01-01 10:00:00.000000: E tensorflow/stream_executor/cuda/cuda_driver.cc:271] no\n${driver}`),
    ).toBe('TensorFlow says: no');
  });

  it('says that the user hides the GPUs', () => {
    const text = driver + cuInit('CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected');
    expect(said(text, null, '-1')).toBe('CUDA_VISIBLE_DEVICES=-1 leaves no GPU to see');
    expect(said(text)).toMatch(/^TensorFlow says: .*no CUDA-capable device is detected$/);
  });

  it('repeats the exception of a process that aborted, else how it ended', () => {
    const thrown = `terminate called after throwing an instance of 'absl::BadStatusOrAccess'
  what():  Bad StatusOr access: INTERNAL: CUDA Runtime error: cudaErrorCallRequiresNewerDriver
`;
    expect(said(driver + thrown, 'SIGABRT')).toBe(
      'TensorFlow says: Bad StatusOr access: INTERNAL: CUDA Runtime error: cudaErrorCallRequiresNewerDriver',
    );
    expect(said(driver, 'SIGSEGV')).toBe(
      'TensorFlow ended its process by SIGSEGV when it started on the GPU',
    );
    expect(said(driver)).toBe('TensorFlow found the libraries of CUDA, and no GPU that it can use');
  });
});

/** A driver that answers, beside the library for the CPU that the set-up has built. */
describe.skipIf(cudaFolder() !== undefined)("the reason of engine.use('cuda') beside a driver", () => {
  let folder: string;
  const path = process.env.PATH;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'driver-'));
    const program = join(folder, 'nvidia-smi');
    writeFileSync(program, '#!/bin/sh\necho 580.95.05\n');
    chmodSync(program, 0o755);
    process.env.PATH = `${folder}:${path}`;
  });
  afterEach(() => {
    process.env.PATH = path;
    rmSync(folder, { recursive: true });
  });

  it('is that TensorFlow came without CUDA, and how to get the other', async ({ skip }) => {
    await use('native').catch(() => skip('there is no native engine'));
    await expect(use('cuda')).rejects.toThrow(
      "engine.use('cuda'): the TensorFlow library here is the one without CUDA: npx solireward engine build --cuda.",
    );
  });
});
