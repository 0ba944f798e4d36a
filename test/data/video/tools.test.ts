import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ffmpegPaths, licenceOf, newest, pipFfmpeg } from '../../../src/data/video/tools.js';
import { temporaryFolder } from '../../support/videoFixtures.js';

const folder = temporaryFolder();

function program(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

/** A program that calls itself an ffmpeg. */
const tool = (name: string, libavcodec: number) =>
  program(
    join(folder, name),
    `#!/bin/sh\necho "ffmpeg version ${name}"; echo "configuration: --enable-gpl"; echo "libavcodec     ${libavcodec}. 1.1"\n`,
  );

describe('ffmpegPaths', () => {
  it('finds tools that run', () => {
    const { ffmpeg, ffprobe, version, libavcodec, licence } = ffmpegPaths();
    expect(ffmpeg).toMatch(/ffmpeg/);
    expect(ffprobe).toMatch(/ffprobe/);
    expect(version).not.toBe('');
    expect(libavcodec).toBeGreaterThanOrEqual(58);
    expect(licence).toMatch(/GPL/);
  });

  it("takes pip's ffmpeg where the set-up has installed it, unless the system has a newer one", () => {
    const installed = pipFfmpeg(dirname(fileURLToPath(import.meta.url)));
    const { source, libavcodec } = ffmpegPaths();
    if (installed) expect(libavcodec).toBeGreaterThanOrEqual(63);
    else expect(source).not.toBe('pip');
  });
});

describe('newest', () => {
  it('is the one with the newest libavcodec, and the first of equal ones', () => {
    const candidates = [
      { source: 'pip' as const, path: tool('new', 63) },
      { source: 'npm' as const, path: tool('old', 58) },
      { source: 'PATH' as const, path: tool('as-new', 63) },
    ];
    expect(newest('ffmpeg', candidates)).toMatchObject({ version: 'new', source: 'pip', libavcodec: 63 });
    const other = [...candidates.slice(1), { source: 'PATH' as const, path: tool('newer', 64) }];
    expect(newest('ffmpeg', other)).toMatchObject({ version: 'newer', source: 'PATH' });
  });

  it('falls back from a program that does not start, fails, or is not there', () => {
    const npm = { source: 'npm' as const, path: tool('works', 58) };
    const damaged = [
      program(join(folder, 'other-system'), '\x7fELF of another machine'),
      program(join(folder, 'no-loader'), '#!/lib/ld-that-is-not-here.so\n'),
      program(join(folder, 'fails'), '#!/bin/sh\nexit 1\n'),
      join(folder, 'nowhere'),
      undefined,
    ];
    for (const path of damaged)
      expect(newest('ffmpeg', [{ source: 'pip', path }, npm])).toMatchObject({ source: 'npm' });
    expect(() => newest('ffmpeg', [{ source: 'pip', path: damaged[0] }])).toThrow('no working ffmpeg');
  });
});

describe('pipFfmpeg', () => {
  const binaries =
    process.platform === 'win32'
      ? ['.venv', 'Lib', 'site-packages', 'imageio_ffmpeg', 'binaries']
      : ['.venv', 'lib', 'python3.12', 'site-packages', 'imageio_ffmpeg', 'binaries'];

  it('is in the .venv of the project whose node_modules the package is in', () => {
    const project = join(folder, 'project');
    const module = join(project, 'node_modules', 'solireward', 'dist', 'src', 'data', 'video');
    mkdirSync(module, { recursive: true });
    expect(pipFfmpeg(module)?.startsWith(folder) ?? false).toBe(false);
    const path = program(join(project, ...binaries, 'ffmpeg-linux-x86_64-v9.0.2'), '');
    program(join(project, ...binaries, 'README.md'), '');
    expect(pipFfmpeg(module)).toBe(path);
  });
});

describe('licenceOf', () => {
  it.each([
    ['--enable-gpl --enable-version3', 'GPL-3.0-or-later'],
    ['--enable-gpl', 'GPL-2.0-or-later'],
    ['--enable-version3', 'LGPL-3.0-or-later'],
    ['--disable-gpl', 'LGPL-2.1-or-later'],
    ['--enable-gpl --enable-nonfree', expect.stringContaining('nonfree')],
  ])('%s: %s', (settings, licence) => {
    expect(licenceOf(`configuration: ${settings}`)).toEqual(licence);
  });
});
