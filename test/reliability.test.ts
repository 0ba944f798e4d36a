import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const page = readFileSync(here('../docs/reliability.md'), 'utf8');
const [reports] = page.split('\n## ');
const rows = reports
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .slice(2)
  .map((line) => line.slice(2, -2).split(' | '));

it('has a row for every folder of cases', () => {
  const folders = readdirSync(here('cases')).sort();
  expect(rows.map(([, folder]) => folder).sort()).toEqual(folders);
});

it.each(rows.map(([, folder, , tests]) => [folder, tests]))('%s: its tests are there', (folder, tests) => {
  const files = [...tests.matchAll(/`([^`]+)`/g)].map(([, file]) => file);
  expect(files.length, folder).toBeGreaterThan(0);
  for (const file of files) expect(existsSync(here(file)), file).toBe(true);
});

it('names tests that are there', () => {
  const named = [...page.matchAll(/`([\w/.]+\.test\.ts)`/g)].map(([, file]) => file);
  expect(named.filter((file) => !existsSync(here(file)))).toEqual([]);
});
