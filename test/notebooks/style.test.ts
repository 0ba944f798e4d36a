import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const folder = resolve(fileURLToPath(new URL('../../notebooks', import.meta.url)));
const names = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));

describe.each(names)('%s', (name) => {
  const { cells } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
    cells: { cell_type: string; source: string[]; outputs?: unknown[] }[];
  };
  const code = cells.filter(({ cell_type }) => cell_type === 'code').map(({ source }) => source.join(''));

  it('has no line of code that a cell is too narrow for', () => {
    const long = code.flatMap((cell) => cell.split('\n').filter((line) => line.length > 110));
    expect(long).toEqual([]);
  });

  it('reads its settings by sr.notebook.parameter', () => {
    expect(code.join('\n')).not.toContain('process.env');
    expect(code.join('\n')).toContain('sr.notebook');
  });

  it('is kept without outputs', () => {
    expect(cells.flatMap(({ outputs = [] }) => outputs)).toEqual([]);
  });
});

it('casts no rows of a table', () => {
  for (const name of names) expect(readFileSync(join(folder, name), 'utf8')).not.toMatch(/objects\(\) as/);
});
