import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
const page = readFileSync(join(root, 'docs', 'architecture.md'), 'utf8');

it('names every room, and a file to open first that is in it', () => {
  const first = new Map(
    [...page.matchAll(/^\| \w+ \| `([\w/]+)\/` \|.*\| `([\w/.]+)` \|$/gm)].map(([, room, file]) => [
      room,
      file,
    ]),
  );
  const rooms = readdirSync(join(root, 'src')).filter((name) =>
    statSync(join(root, 'src', name)).isDirectory(),
  );
  expect([...first.keys()].sort()).toEqual([...rooms.map((name) => `src/${name}`), 'kernel', 'test'].sort());
  for (const [room, file] of first) {
    const found = [join(room, file), file].some((path) => existsSync(join(root, path)));
    expect(found, `${room}: ${file}`).toBe(true);
  }
});

it('walks over files that are there', () => {
  const walk = page.slice(page.indexOf('## One clip'));
  // A name without a folder follows one with it: `a/b.ts` or `c.ts`.
  let folder = '';
  for (const [, path] of walk.matchAll(/`([\w/]+\.ts)`/g)) {
    const candidates = [path, join(folder, path)];
    const found = candidates.find((candidate) => existsSync(join(root, 'src', candidate)));
    if (path !== 'backbone.ts') expect(found, path).toBeDefined();
    if (found?.includes('/')) folder = found.slice(0, found.lastIndexOf('/'));
  }
});
