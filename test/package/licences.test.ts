import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ffmpegPaths } from '../../src/data/video/tools.js';

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const page = readFileSync(join(root, 'docs', 'dependencies.md'), 'utf8');

/** Licences under which a package may be used and passed on as it is installed. */
const permissive = [
  'MIT',
  'ISC',
  '0BSD',
  'Unlicense',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'MPL-2.0',
  // A font, embedded in what is made with it.
  'OFL-1.1',
];
const known: Record<string, RegExp> = {
  'LGPL-3.0-or-later': /^@img\/sharp-/,
  'LGPL-2.1': /^@ff(mpeg|probe)-installer\//,
  'GPL-3.0': /^@ffprobe-installer\//,
  // ffmpeg's own, as its packages write it.
  GPLv3: /^@ffmpeg-installer\//,
  'https://git.ffmpeg.org/gitweb/ffmpeg.git/blob_plain/HEAD:/LICENSE.md': /^@ffmpeg-installer\//,
  '': /^png-js$/,
};

/**
 * What the lock says of each package that is installed without the tools of the development. `npm sbom --omit dev` leaves out what
 * a tool needs too.
 */
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, { dev?: boolean; license?: string }>;
};
const licences = new Map(
  Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, { license = '' }]) => [path.replace(/^.*node_modules\//, ''), license]),
);

describe('the lock', () => {
  it('names for every package a licence that is permissive, or one that is known and described', () => {
    expect(licences.size).toBeGreaterThan(100);
    const others = [...licences].filter(([name, licence]) =>
      licence
        .replace(/[()]/g, '')
        .split(' AND ')
        .some((one) => !permissive.includes(one) && !known[one]?.test(name)),
    );
    expect(others).toEqual([]);
  });

  it('is what docs/dependencies.md says of each package that the library asks for', () => {
    const { dependencies, optionalDependencies } = JSON.parse(
      readFileSync(join(root, 'package.json'), 'utf8'),
    );
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      const line = page
        .split('\n')
        .find((text) => text.startsWith('|') && text.split(/[|,] ?/).some((cell) => cell.trim() === name));
      expect(line, name).toBeDefined();
      if (!/-installer\//.test(name))
        expect(line?.split('|')[2].trim().split(';')[0], name).toBe(licences.get(name));
    }
  });
});

it('the licence of the ffmpeg in use is named in README and docs/dependencies.md', () => {
  const { licence, source } = ffmpegPaths();
  if (source === 'PATH') return; // the system's own
  expect(licence).toBe('GPL-3.0-or-later');
  expect(page).toContain(licence);
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toMatch(/ffmpeg.*GPL-3\.0/);
});
