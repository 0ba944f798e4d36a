import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { hasJupyterLab, JupyterLab, type NotebookPage } from '../support/jupyterLab.js';

/** Files of other people's tools: metrics row by row, lists of scores, and a wide table with labels. */
const strangers = {
  'metric_scores.csv': () => {
    const random = new Random(1);
    const rows = ['prompt_id,generator,metric,score'];
    for (let prompt = 0; prompt < 120; prompt++)
      for (const [g, generator] of ['cogvideo', 'damo', 'zero', 'zeroscope', 'other'].entries()) {
        const quality = random.normal() + 0.4 * g;
        rows.push(`${prompt},${generator},CLIPScore,${0.25 + 0.02 * (quality + random.normal())}`);
        rows.push(`${prompt},${generator},UMTScore,${2 + quality + 0.5 * random.normal()}`);
      }
    return rows.join('\n');
  },
  'videoscore.jsonl': () => {
    const random = new Random(2);
    return Array.from({ length: 200 }, (_, i) =>
      JSON.stringify({
        id: `v${i}`,
        text: `prompt ${i}`,
        ans: JSON.stringify(Array.from({ length: 5 }, () => Number((2.5 + random.normal() / 2).toFixed(2)))),
      }),
    ).join('\n');
  },
  'judged.tsv': () => {
    const random = new Random(3);
    const rows = Array.from({ length: 300 }, (_, i) => {
      const good = random.chance(0.6);
      const score = i % 50 === 7 ? 'NaN' : (random.normal() + (good ? 1 : 0)).toFixed(4);
      return [`clip ${i}.mp4`, ['A', 'B', 'C'][i % 3], score, good ? 'good' : 'bad', 24].join('\t');
    });
    return ['Video Name\tSystem\tReward\tVerdict\tfps', ...rows].join('\n');
  },
};

const cells = [
  `import * as sr from 'solireward';
const metrics = await sr.data.readScores('metric_scores.csv');
sr.plot.scoreDistribution(metrics.of('UMTScore'), { by: 'generator' })`,
  `sr.plot.scoreDistribution(await sr.data.readScores('videoscore.jsonl'), { by: 'metric' })`,
  `const judged = await sr.data.readScores('judged.tsv');
sr.plot.scoreDistribution(judged, { by: 'pass' })`,
  `await sr.plot.scoreDistribution(judged, { by: 'pass', theme: 'paper' }).save('judged.pdf', { width: '85mm' })`,
  `sr.plot.twoModels(metrics.of('CLIPScore'), metrics.of('UMTScore'))`,
];

describe.skipIf(!hasJupyterLab)(
  'a stranger with three files in JupyterLab (skipped where .venv or Chromium is absent)',
  () => {
    let lab: JupyterLab;
    let page: NotebookPage;
    const reached: { what: string; cells: number; seconds: number }[] = [];

    beforeAll(async () => {
      lab = await JupyterLab.start();
      for (const [name, content] of Object.entries(strangers))
        writeFileSync(join(lab.folder, name), content());
      lab.write('trial.ipynb', cells);
      page = await lab.open('trial.ipynb');
    }, 300_000);
    afterEach(({ task }) =>
      task.result?.state === 'fail' ? page?.screenshot(`failed ${task.name}`) : undefined,
    );
    afterAll(async () => {
      await lab?.stop();
      const folder = join(import.meta.dirname, '..', '..', 'coverage');
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'trial.json'), `${JSON.stringify(reached, null, 2)}\n`);
      console.table(reached);
    });

    /** Runs cells, and says how many it took, and how long. */
    async function reach(what: string, from: number, to: number, isThere: () => Promise<unknown>) {
      const start = Date.now();
      for (let cell = from; cell <= to; cell++) {
        await page.run(cell);
        expect(
          await page.output(cell).locator('.jp-RenderedText[data-mime-type*="stderr"]').allInnerTexts(),
        ).toEqual([]);
      }
      await isThere();
      reached.push({ what, cells: to - from + 1, seconds: (Date.now() - start) / 1000 });
    }
    const figureIn = (cell: number) => () =>
      page.output(cell).locator('.sr-Figure .main-svg').first().waitFor();

    it.each([
      ['first figure, of metrics row by row', 0, 'metric_scores.csv: 1200 scores of 600 clips'],
      ['figure of lists of scores', 1, 'videoscore.jsonl: 1000 scores of 200 clips'],
      ['figure of a wide table with labels', 2, 'judged.tsv: 294 scores of 300 clips'],
    ])('%s: one cell, and what was guessed is said', async (what, cell, said) => {
      await reach(what, cell, cell, figureIn(cell));
      expect(await page.output(cell).innerText()).toContain(said);
      await page.output(cell).scrollIntoViewIfNeeded();
      await page.screenshot(`trial-${cell + 1}`);
    });

    it('first saved PDF: one cell more', async () => {
      await reach('first saved PDF', 3, 3, async () => {
        expect(await page.output(3).innerText()).toContain('judged.pdf');
      });
      expect(readFileSync(join(lab.folder, 'judged.pdf'), 'latin1')).toMatch(/^%PDF-/);
    });

    it('first comparison: one cell more', async () => {
      await reach('first comparison', 4, 4, figureIn(4));
      await page.output(4).scrollIntoViewIfNeeded();
      await page.screenshot('trial-5');
      await page.command('apputils:change-theme', { theme: 'JupyterLab Dark' });
      await page.page.locator('#jupyterlab-splash').waitFor({ state: 'hidden' });
      await page.screenshot('trial-5-dark');
      // On a phone the side bar leaves no place.
      await page.command('application:toggle-left-area');
      await page.page.setViewportSize({ width: 390, height: 844 });
      await page.output(0).scrollIntoViewIfNeeded();
      await expect
        .poll(async () => (await page.output(0).locator('.main-svg').first().boundingBox())?.width, {
          timeout: 120_000,
        })
        .toBeLessThan(390);
      // No letter of a title is beyond its figure.
      const [figure, title] = ['.main-svg', '.gtitle'].map((part) => page.output(0).locator(part).first());
      await expect
        .poll(async () => {
          const [outer, inner] = [await figure.boundingBox(), await title.boundingBox()];
          if (!outer || !inner) return 'not drawn';
          return Math.max(inner.x + inner.width - (outer.x + outer.width), outer.y - inner.y) < 1;
        })
        .toBe(true);
      await page.screenshot('trial-1-phone');
      expect(page.errors).toEqual([]);
    });
  },
);
