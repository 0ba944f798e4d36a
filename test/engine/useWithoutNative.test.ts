import { describe, expect, it, vi } from 'vitest';
import { use } from '../../src/engine/use.js';
import type { WebGpuAdapter } from '../../src/engine/webgpu.js';
import { allEngines } from '../support/engines.js';

/** What macOS and Windows have: no TensorFlow, and a GPU, which the software adapter stands in for. */
const machine = vi.hoisted(() => ({ native: true, software: undefined as boolean | undefined }));

vi.mock('../../src/engine/native.js', async (original) => {
  const real = await original<typeof import('../../src/engine/native.js')>();
  return {
    ...real,
    loadNative: () => {
      if (machine.native) return real.loadNative();
      throw new Error('the package @tensorflow/tfjs-node-gpu is not installed');
    },
  };
});
vi.mock('../../src/engine/webgpu.js', async (original) => {
  const real = await original<typeof import('../../src/engine/webgpu.js')>();
  return {
    ...real,
    loadWebGpu: async (): Promise<WebGpuAdapter> => {
      const adapter = await real.loadWebGpu();
      return { ...adapter, software: machine.software ?? adapter.software };
    },
  };
});

const webgpu = (await allEngines()).includes('webgpu');

describe.runIf(webgpu)("use('auto') without a native engine", () => {
  it('takes WebGPU on a real GPU, and reports why not the engines before it', async () => {
    Object.assign(machine, { native: false, software: false });
    const report = await use('auto');
    expect(report.engine).toBe('webgpu');
    expect(`${report}`).toMatch(
      /^webgpu \(.+ GFLOP\/s\); cuda: .+ is not installed; native: .+ is not installed$/,
    );
  });

  it('takes WASM on a software adapter, and says so', async () => {
    Object.assign(machine, { native: false, software: true });
    const report = await use('auto');
    expect(report.engine).toBe('wasm');
    expect(`${report}`).toMatch(/; webgpu: only a software adapter \(/);
  });
});
