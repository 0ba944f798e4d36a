import { spawnSync } from 'node:child_process';
import { accessSync, chmodSync, constants, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from '../../base/childEnvironment.js';

/** Where ffmpeg and ffprobe are. */
export interface FfmpegPaths {
  ffmpeg: string;
  ffprobe: string;
  /** What ffmpeg calls itself, for example "5.1.6-0+deb12u1". */
  version: string;
  /** Major version of ffmpeg's libavcodec: the one number that grows in every kind of build. */
  libavcodec: number;
  /** Licence of ffmpeg, by the settings it was built with. */
  licence: string;
  /** Who brought ffmpeg. */
  source: Source;
}

/** pip's `imageio-ffmpeg`, npm's `@ffmpeg-installer`, or a folder on the PATH. */
export type Source = 'pip' | 'npm' | 'PATH';

let found: FfmpegPaths | undefined;

/**
 * The newest of the ffmpegs that run: pip's in the `.venv` of the project, npm's, or that on the PATH; and npm's ffprobe
 * or the newer one on the PATH.
 * @throws Error when a tool is in none of these places.
 */
export function ffmpegPaths(): FfmpegPaths {
  if (!found) {
    const { path, ...ffmpeg } = newest('ffmpeg', [
      { source: 'pip', path: pipFfmpeg(dirname(fileURLToPath(import.meta.url))) },
      { source: 'npm', path: shipped('ffmpeg') },
      { source: 'PATH', path: 'ffmpeg' },
    ]);
    const ffprobe = newest('ffprobe', [
      { source: 'npm', path: shipped('ffprobe') },
      { source: 'PATH', path: 'ffprobe' },
    ]);
    found = { ...ffmpeg, ffmpeg: path, ffprobe: ffprobe.path };
  }
  return found;
}

interface Tool extends Pick<FfmpegPaths, 'version' | 'libavcodec' | 'licence' | 'source'> {
  path: string;
}

/** A place where a tool may be. */
interface Candidate {
  source: Source;
  path: string | undefined;
}

/** The newest copy of a tool that runs; the first of those that are equally new. @throws when none does. */
export function newest(name: 'ffmpeg' | 'ffprobe', candidates: readonly Candidate[]): Tool {
  const tools = candidates.flatMap(({ source, path }) => (path && inspect(path, source)) || []);
  const [best] = tools.sort((a, b) => b.libavcodec - a.libavcodec);
  if (!best) {
    throw new Error(
      `ffmpegPaths: no working ${name}: npm ships none for ${process.platform}-${process.arch} ` +
        `(or it was not installed), and none is on the PATH; install ${name} and put it on the PATH`,
    );
  }
  return best;
}

/**
 * The ffmpeg of pip's `imageio-ffmpeg` in the nearest `.venv` of a folder and those above it: of the clone, or of the
 * project whose `node_modules` this package is in. Its own look-up obeys an environment variable, so it is not asked.
 */
export function pipFfmpeg(from: string): string | undefined {
  const found = sitePackages(join(from, '.venv')).flatMap((packages) => {
    const binaries = join(packages, 'imageio_ffmpeg', 'binaries');
    return list(binaries).flatMap((name) => (/^ffmpeg-/.test(name) ? [join(binaries, name)] : []));
  });
  if (found.length > 0) return found.sort()[found.length - 1];
  return dirname(from) === from ? undefined : pipFfmpeg(dirname(from));
}

/** Where pip installs to in an environment, on Windows and elsewhere. */
function sitePackages(venv: string): string[] {
  if (process.platform === 'win32') return [join(venv, 'Lib', 'site-packages')];
  const pythons = list(join(venv, 'lib')).filter((name) => name.startsWith('python3'));
  return pythons.map((name) => join(venv, 'lib', name, 'site-packages'));
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Path of the binary that npm ships, made executable (npm's install scripts may be off), if there is one. */
function shipped(name: 'ffmpeg' | 'ffprobe'): string | undefined {
  try {
    const { path } = createRequire(import.meta.url)(`@${name}-installer/${name}`) as { path: string };
    try {
      accessSync(path, constants.X_OK);
    } catch {
      chmodSync(path, 0o755);
    }
    return path;
  } catch {
    return undefined;
  }
}

/** Version and licence of a tool, if it runs: one that was built for another system does not. */
function inspect(path: string, source: Source): Tool | undefined {
  const options = { encoding: 'utf8', windowsHide: true, env: childEnvironment(), timeout: 30_000 } as const;
  const { status, stdout } = spawnSync(path, ['-version'], options);
  const version = stdout?.match(/version (\S+)/)?.[1];
  const libavcodec = stdout?.match(/libavcodec\s+(\d+)/)?.[1];
  if (status !== 0 || !version || !libavcodec) return undefined;
  return { path, version, libavcodec: Number(libavcodec), licence: licenceOf(stdout), source };
}

/** By the rules of ffmpeg's own `configure`. */
export function licenceOf(build: string): string {
  const has = (setting: string) => build.includes(`--enable-${setting}`);
  if (has('nonfree')) return 'not to be passed on (built with --enable-nonfree)';
  if (has('gpl')) return has('version3') ? 'GPL-3.0-or-later' : 'GPL-2.0-or-later';
  return has('version3') ? 'LGPL-3.0-or-later' : 'LGPL-2.1-or-later';
}
