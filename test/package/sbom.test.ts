import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
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
  '': /^(@ffmpeg-installer\/|png-js$)/,
};

let licences: Map<string, string>;
beforeAll(() => {
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'];
  const npm = process.env.npm_execpath;
  const output = execFileSync(npm ? process.execPath : 'npm', npm ? [npm, ...args] : args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const { components } = JSON.parse(output) as {
    components: {
      group?: string;
      name: string;
      licenses?: { license?: { id: string }; expression?: string }[];
    }[];
  };
  licences = new Map(
    components.map(({ group, name, licenses = [] }) => [
      group ? `${group}/${name}` : name,
      licenses.map(({ license, expression }) => license?.id ?? expression).join(' '),
    ]),
  );
});

describe('npm sbom', () => {
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
