import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linkLibraries } from '../../../src/engine/build/linkLibraries.js';

/** What TensorFlow 2.21 opens of CUDA, by the wheel's package that holds it. */
const opened = {
  cuda_runtime: 'libcudart.so.12',
  cublas: 'libcublas.so.12',
  cufft: 'libcufft.so.11',
  cusolver: 'libcusolver.so.11',
  cusparse: 'libcusparse.so.12',
  cudnn: 'libcudnn.so.9',
  nccl: 'libnccl.so.2',
  cuda_cupti: 'libcupti.so.12',
};
/** The packages on the search path of libtensorflow_framework 2.21 (`readelf -d`). */
const searched = [
  'nccl',
  'cuda_cupti',
  'cublas',
  'cudnn',
  'cufft',
  'cusparse',
  'cuda_runtime',
  'nvshmem',
] as const;
/** Opens each library that it is given, as TensorFlow does, and tells the loader's error. */
const opener = `
  #include <dlfcn.h>
  #include <stdio.h>
  void openAll(int count, char **names) {
    for (int i = 0; i < count; i++) puts(dlopen(names[i], RTLD_LAZY) ? "opened" : dlerror());
  }`;
const program =
  'void openAll(int, char **); int main(int count, char **names) { openAll(count - 1, names + 1); }';

/** Stub libraries in the places of the wheels, and the report of the system's loader. */
describe.skipIf(spawnSync('gcc', ['--version']).status !== 0)('linkLibraries (skipped without gcc)', () => {
  const root = mkdtempSync(join(tmpdir(), 'libraries-'));
  const [site, deps, driver] = [join(root, 'site'), join(root, 'package', 'deps'), join(root, 'driver')];
  const nvidia = (name: string) => join(site, 'nvidia', name, 'lib');

  beforeAll(() => {
    for (const [name, library] of Object.entries(opened)) stub(join(nvidia(name), library));
    // Libraries find each other from their own place too.
    stub(join(nvidia('nvjitlink'), 'libnvJitLink.so.12'));
    stub(
      join(nvidia('cusolver'), 'libcusolver.so.11'),
      '-Wl,-rpath,$ORIGIN/../../nvjitlink/lib',
      '-Wl,--no-as-needed',
      join(nvidia('nvjitlink'), 'libnvJitLink.so.12'),
    );
    stub(join(driver, 'libcuda.so.1'));
    const path = searched
      .flatMap((name) => [`$ORIGIN/../../nvidia/${name}/lib`, `$ORIGIN/../nvidia/${name}/lib`])
      .join(':');
    compile(
      join(site, 'tensorflow', 'libtensorflow_framework.so.2'),
      opener,
      '-shared',
      `-Wl,-rpath,${path}`,
    );
    stub(join(site, 'tensorflow', 'libtensorflow_cc.so.2'));
    mkdirSync(join(site, 'tensorflow', 'include'));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it('lays out every library so that the loader finds it from TensorFlow', () => {
    linkLibraries(deps, site, driver);
    const report = open([...Object.values(opened), 'libcuda.so.1']);
    expect(report).toEqual(
      Object.fromEntries([...Object.values(opened), 'libcuda.so.1'].map((name) => [name, 'opened'])),
    );
  });

  it('is needed: without the folder of all libraries the loader does not find libcusolver', () => {
    linkLibraries(deps, site, driver);
    rmSync(join(deps, 'nvidia'), { recursive: true });
    symlinkSync(join(site, 'nvidia'), join(deps, 'nvidia'));
    const { 'libcusolver.so.11': cusolver, ...others } = open(Object.values(opened));
    expect(cusolver).toMatch(/^libcusolver\.so\.11: cannot open shared object file/);
    expect(Object.values(others).every((said) => said === 'opened')).toBe(true);
  });

  it('lays out no CUDA where the wheels have none, in place of what was there', () => {
    const plain = join(root, 'plain');
    mkdirSync(join(plain, 'tensorflow', 'include'), { recursive: true });
    linkLibraries(deps, site, driver);
    linkLibraries(deps, plain, driver);
    expect(existsSync(join(deps, 'nvidia'))).toBe(false);
    expect(existsSync(join(deps, 'include'))).toBe(true);
  });

  /** What the loader says of each library that TensorFlow opens. */
  function open(libraries: string[]): Record<string, string> {
    const lib = join(deps, 'lib');
    compile(join(root, 'open'), program, `-Wl,-rpath,${lib}`, join(lib, 'libtensorflow_framework.so.2'));
    const lines = execFileSync(join(root, 'open'), libraries, { encoding: 'utf8' }).trim().split('\n');
    return Object.fromEntries(libraries.map((name, i) => [name, lines[i]]));
  }

  function stub(file: string, ...options: string[]): void {
    const name = file.slice(dirname(file).length + 1);
    compile(file, `int ${name.replace(/\W/g, '_')};`, '-shared', `-Wl,-soname,${name}`, ...options);
  }

  function compile(file: string, source: string, ...options: string[]): void {
    mkdirSync(dirname(file), { recursive: true });
    const code = join(root, 'source.c');
    writeFileSync(code, source);
    execFileSync('gcc', ['-fPIC', code, '-o', file, ...options, '-ldl']);
  }
});
