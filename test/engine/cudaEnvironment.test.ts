import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { setCudaEnvironment } from '../../src/engine/cudaEnvironment.js';

const untuned =
  '--xla_gpu_autotune_level=0 --xla_gpu_enable_triton_gemm=false --xla_gpu_experimental_enable_fusion_autotuner=false';
let cache: string;
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'cache-'));
});
afterEach(() => rmSync(cache, { recursive: true }));

it('shows XLA its compiler and a folder for its programs, and takes memory as needed', () => {
  const deps = join(cache, 'deps');
  const nvidia = join(deps, 'nvidia');
  mkdirSync(join(deps, 'lib'), { recursive: true });
  writeFileSync(join(deps, 'lib', 'libtensorflow_cc.so.2'), 'four');
  const env = { PATH: '/bin', XDG_CACHE_HOME: cache };
  setCudaEnvironment(nvidia, env, 'NVIDIA H100 80GB HBM3');
  const programs = join(cache, 'solireward', 'xla', 'NVIDIA-H100-80GB-HBM3-4');
  expect(env).toEqual({
    PATH: `/bin:${nvidia}/cuda_nvcc/bin`,
    XDG_CACHE_HOME: cache,
    TF_FORCE_GPU_ALLOW_GROWTH: 'true',
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
    XLA_FLAGS: `--xla_gpu_cuda_data_dir=${nvidia}/cuda_nvcc ${untuned}`,
    TF_XLA_FLAGS: `--tf_xla_persistent_cache_directory=${programs}`,
  });
  expect(existsSync(programs)).toBe(true);
});

it('changes nothing the second time', () => {
  const env: NodeJS.ProcessEnv = { XDG_CACHE_HOME: cache };
  setCudaEnvironment('/deps/nvidia', env);
  const first = { ...env };
  setCudaEnvironment('/deps/nvidia', env);
  expect(env).toEqual(first);
});

it('keeps what the user has set and adds to it', () => {
  const env: NodeJS.ProcessEnv = {
    XDG_CACHE_HOME: cache,
    TF_FORCE_GPU_ALLOW_GROWTH: 'false',
    CUDA_DEVICE_ORDER: 'FASTEST_FIRST',
    XLA_FLAGS: '--xla_dump_to=/tmp/dump --xla_gpu_autotune_level=4',
    TF_XLA_FLAGS: '--tf_xla_persistent_cache_directory=/mine',
  };
  setCudaEnvironment('/deps/nvidia', env);
  expect(env).toMatchObject({
    TF_FORCE_GPU_ALLOW_GROWTH: 'false',
    CUDA_DEVICE_ORDER: 'FASTEST_FIRST',
    XLA_FLAGS:
      '--xla_dump_to=/tmp/dump --xla_gpu_autotune_level=4 --xla_gpu_cuda_data_dir=/deps/nvidia/cuda_nvcc --xla_gpu_enable_triton_gemm=false --xla_gpu_experimental_enable_fusion_autotuner=false',
    TF_XLA_FLAGS: '--tf_xla_persistent_cache_directory=/mine',
  });
});

it('leaves a variable alone that names a file of flags', () => {
  const env = { XDG_CACHE_HOME: cache, XLA_FLAGS: '/etc/xla.flags' };
  setCudaEnvironment('/deps/nvidia', env);
  expect(env.XLA_FLAGS).toBe('/etc/xla.flags');
});

it('quotes a path with a space', () => {
  const env: NodeJS.ProcessEnv = { XDG_CACHE_HOME: cache };
  setCudaEnvironment('/my project/nvidia', env);
  expect(env.XLA_FLAGS).toBe(`--xla_gpu_cuda_data_dir="/my project/nvidia/cuda_nvcc" ${untuned}`);
});

it('does without the folder of programs where it cannot be made', () => {
  const file = join(cache, 'file');
  writeFileSync(file, '');
  const env: NodeJS.ProcessEnv = { XDG_CACHE_HOME: file };
  setCudaEnvironment('/deps/nvidia', env);
  expect(env.TF_XLA_FLAGS).toBeUndefined();
  expect(env.XLA_FLAGS).toBeDefined();
});
