import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const { codeOf, pictures, record, report } = await import(
  new URL('../../scripts/pictures/list.mjs', import.meta.url).href
);

const { isRunOf } = await import(new URL('../../scripts/pictures/executed.mjs', import.meta.url).href);

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const pages = [
  join(root, 'README.md'),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(root, 'docs', name)),
];
const shown = pages.flatMap((page) =>
  [...readFileSync(page, 'utf8').matchAll(/!\[[^\]]*\]\(([^)]+)\)|<img[^>]*src="([^"]+)"/g)].map(
    ([, link, source]) => relative(root, join(dirname(page), link ?? source)),
  ),
);
const made: string[] = [...pictures, report].map(({ name }) => `docs/images/${name}.png`);

describe('the pictures of README.md and docs/', () => {
  it('are made by a script: npm run pictures, plots or study', () => {
    const byOthers = /^docs\/images\/plots\/[^/]+\.svg$|^docs\/study\/[^/]+\/[^/]+\.svg$/;
    expect(shown.filter((picture) => !made.includes(picture) && !byOthers.test(picture))).toEqual([]);
    expect(shown.filter((picture) => !existsSync(join(root, picture)))).toEqual([]);
  });

  it('are all that npm run pictures makes, each below 300 kB', () => {
    const there = readdirSync(join(root, 'docs', 'images')).filter((name) => name.endsWith('.png'));
    expect(there.map((name) => `docs/images/${name}`).sort()).toEqual(made.toSorted());
    expect(made.filter((picture) => !shown.includes(picture))).toEqual([]);
    expect(made.filter((picture) => statSync(join(root, picture)).size > 300_000)).toEqual([]);
  });

  it('show the code that their notebooks have today', () => {
    const written = JSON.parse(readFileSync(record, 'utf8'));
    const today = Object.fromEntries(
      pictures.map((picture: { name: string }) => [picture.name, codeOf(picture)]),
    );
    expect(written, 'npm run pictures').toEqual(today);
    expect(() => codeOf({ ...pictures[0], cells: ['none', 'none'] })).toThrow(
      'notebooks/01-training-run has no cells none to none',
    );
  });
});

it('a notebook of which a cell has failed, has not run or was another one is run again', () => {
  const folder = mkdtempSync(join(tmpdir(), 'solireward-pictures-'));
  const cell = { cell_type: 'code', id: 'a', source: '1 + 1' };
  const ran = { ...cell, execution_count: 1, outputs: [{ output_type: 'execute_result' }] };
  const isRun = (then: object) => {
    const file = join(folder, 'then.ipynb');
    writeFileSync(file, JSON.stringify({ cells: [then] }));
    return isRunOf([cell], file);
  };
  expect(isRun(ran)).toBe(true);
  expect(isRun({ ...ran, outputs: [{ output_type: 'error' }] })).toBe(false);
  expect(isRun({ ...ran, execution_count: null })).toBe(false);
  expect(isRun({ ...ran, source: '1 + 2' })).toBe(false);
  expect(isRunOf([cell], join(folder, 'none.ipynb'))).toBe(false);
  rmSync(folder, { recursive: true });
});
