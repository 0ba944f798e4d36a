import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Figure } from '../../src/plot/figure.js';

// Modules of its own: groups keep the colours that other tests' figures have given them.
vi.resetModules();
const data = await import('../../src/data/index.js');
const plot = await import('../../src/plot/index.js');
const analysis = await import('../../src/report/index.js');
const { draw, page } = await import(new URL('../../scripts/plots.mjs', import.meta.url).href);

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const written = readFileSync(join(root, 'docs', 'plots.md'), 'utf8');

describe('docs/plots.md', () => {
  let folder: string;
  let figures: Map<string, Figure>;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'solireward-plots-'));
    figures = await draw({ data, plot, analysis });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is what npm run plots writes', () => {
    expect(written).toBe(page());
  });

  it('shows every figure that there is', () => {
    const missing = Object.keys(plot).filter(
      (name) => name !== 'Figure' && !written.includes(`sr.plot.${name}(`),
    );
    expect(missing).toEqual([]);
  });

  it('has a picture of each line, as it is drawn now', async () => {
    const pictures = readdirSync(join(root, 'docs', 'images', 'plots')).filter((name) =>
      name.endsWith('.svg'),
    );
    expect(pictures.sort()).toEqual([...figures.keys()].map((name) => `${name}.svg`).sort());
    for (const [name, figure] of figures) {
      const file = await figure.save(join(folder, `${name}.svg`));
      const picture = readFileSync(join(root, 'docs', 'images', 'plots', `${name}.svg`), 'utf8');
      expect(readFileSync(file, 'utf8') === picture, `${name}: npm run build && npm run plots`).toBe(true);
    }
  });
});
