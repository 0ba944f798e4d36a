import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const compilers = {
  'the TypeScript of this repository': 'typescript/bin/tsc',
  'the TypeScript 5.0 of tslab': '@tslab/typescript-for-tslab/bin/tsc',
};
const use = `
  import * as sr from 'solireward';
  const report = await sr.engine.use((process.argv[2] ?? 'wasm') as 'wasm');
  const line: string = report.toString();
  console.log(line);
`;

/** Packs the built repository and installs it into a project that has nothing else. */
describe('the package in a plain project', () => {
  let project: string;
  let files: string[];
  // Awaited: a test that blocks its process for a minute is taken for one that hangs.
  const run = async (program: string, ...args: string[]): Promise<string> =>
    (await promisify(execFile)(program, args, { cwd: project })).stdout;

  beforeAll(async () => {
    if (!existsSync(join(root, 'dist', 'src', 'index.js'))) throw new Error('not built: npm run build');
    project = mkdtempSync(join(tmpdir(), 'solireward-package-'));
    writeFileSync(
      join(project, 'package.json'),
      JSON.stringify({ name: 'plain', private: true, type: 'module' }),
    );
    const [packed] = JSON.parse(
      (await promisify(execFile)('npm', ['pack', '--json', '--pack-destination', project], { cwd: root }))
        .stdout,
    ) as { filename: string; files: { path: string }[] }[];
    files = packed.files.map(({ path }) => path);
    // Without the optional packages: as on a machine where the native engine cannot be installed.
    await run(
      'npm',
      'install',
      '--ignore-scripts',
      '--prefer-offline',
      '--omit=optional',
      `./${packed.filename}`,
    );
  });
  afterAll(() => {
    rmSync(project, { recursive: true, force: true });
  });

  it('holds what it needs and nothing of the workshop', () => {
    for (const path of [
      'LICENSE',
      'README.md',
      'dist/src/index.js',
      'dist/src/index.d.ts',
      'dist/plotly.min.js',
      'requirements-cuda.txt',
      'requirements-tensorflow.txt',
    ]) {
      expect(files).toContain(path);
    }
    expect(
      files.filter((path) => /^(test|scripts|notebooks|src|bench|docs(?!\/gpu\/))\//.test(path)),
    ).toEqual([]);
  });

  it('is imported and computes', async () => {
    writeFileSync(join(project, 'use.mjs'), use.replace(/: string| as 'wasm'/g, ''));
    expect(await run('node', 'use.mjs')).toMatch(/^wasm \(WebAssembly, .* GFLOP\/s\)$/m);
  });

  it('is required by CommonJS', async () => {
    const script = "console.log(typeof require('solireward').engine.use)";
    expect(await run('node', '--input-type=commonjs', '-e', script)).toBe('function\n');
  });

  it.each(Object.entries(compilers))('has types for %s', async (_, compiler) => {
    // An error that is expected and absent is an error as well.
    const wrong = '// @ts-expect-error\n  const count: number = report.toString();';
    writeFileSync(join(project, 'use.ts'), use + wrong);
    const tsc = join(root, 'node_modules', compiler);
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--skipLibCheck',
      '--lib',
      'es2022,dom',
    ];
    expect(await run('node', tsc, ...options, 'use.ts')).toBe('');
  });

  it('has a command line', async () => {
    expect(await run('npx', '--no-install', 'solireward', '--help')).toMatch(/^usage:\n/);
  });

  // With the TensorFlow that the set-up has installed, which pip finds there.
  const python = join(root, '.venv', 'bin', 'python');
  const buildable = existsSync(python) && spawnSync('g++', ['--version']).status === 0;
  it.skipIf(!buildable)('builds the native engine in one command, with what npm left out', async () => {
    await expect(run('node', 'use.mjs', 'native')).rejects.toThrow(
      /tfjs-node-gpu is not installed: npx solireward engine build/,
    );
    expect(await run('npx', '--no-install', 'solireward', 'engine', 'build', '--python', python)).toMatch(
      /^built (native|cuda): TensorFlow .*; a product and a gradient are right$/m,
    );
    expect(await run('node', 'use.mjs', 'auto')).toMatch(/^(native|cuda) \(TensorFlow/m);
  });
});
