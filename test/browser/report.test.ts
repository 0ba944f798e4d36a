import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jupyterDisplay } from '../../src/base/host.js';
import { analyze } from '../../src/report/analyze.js';
import type { Report } from '../../src/report/report.js';
import { chromiumPath } from '../support/chromium.js';

const rows = Array.from({ length: 240 }, (_, i) => ({
  clip: `clip-${i}`,
  reward: Math.sin(i) + (i % 8) * 0.2,
  clip_score: Math.cos(i * 3),
  rating: 1 + ((i * 7) % 5),
  generator: `a-generator-of-videos-${i % 8}`,
  prompt: `a prompt with some words, number ${i % 30}`,
}));

describe.skipIf(!chromiumPath)('the report in a browser (skipped where there is no Chromium)', () => {
  let browser: Browser;
  let report: Report;
  beforeAll(async () => {
    browser = await chromium.launch({
      executablePath: chromiumPath,
      args: ['--no-sandbox', '--disable-gpu'],
    });
    report = await analyze(rows, { score: ['reward', 'clip_score'] });
  });
  afterAll(() => browser?.close());

  /** Opens everything that is folded, and says what is wider or higher than its place. */
  const overflowing = () => {
    for (const details of document.querySelectorAll('details')) details.open = true;
    const all = [document.documentElement, ...document.querySelectorAll<HTMLElement>('body *')];
    return all
      .filter(
        (one) =>
          !(one instanceof SVGElement) &&
          /auto|scroll/.test(getComputedStyle(one).overflow + getComputedStyle(one).overflowX),
      )
      .concat(document.documentElement)
      .filter((one) => one.scrollWidth > one.clientWidth + 1)
      .map((one) => `${one.tagName} ${one.className}`);
  };

  /** Texts of a picture that lie over each other. */
  const covered = () =>
    [...document.querySelectorAll('figure svg')].flatMap((svg) => {
      const texts = [...svg.querySelectorAll('text')].map((text) => ({
        words: text.textContent,
        box: text.getBoundingClientRect(),
      }));
      return texts.flatMap((a, i) =>
        texts
          .slice(i + 1)
          .filter(({ box: b }) => {
            const wide = Math.min(a.box.right, b.right) - Math.max(a.box.left, b.left);
            const high = Math.min(a.box.bottom, b.bottom) - Math.max(a.box.top, b.top);
            return wide > 2 && high > 4;
          })
          .map(({ words }) => `${a.words} | ${words}`),
      );
    });

  it.each([390, 1200])('fits into %d pixels, and no text of a figure covers another', async (width) => {
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    await page.setContent(report.toHtml());
    expect(await page.evaluate(overflowing)).toEqual([]);
    expect(await page.evaluate(covered)).toEqual([]);
    await page.close();
  });

  it.each([390, 1000])(
    'is a part of a notebook of %d pixels: without a frame, scroll bars or scripts, in its colours',
    async (width) => {
      const html = String(report[jupyterDisplay]()['text/html']);
      expect(html).not.toMatch(/<iframe|<script/);
      const page = await browser.newPage({ viewport: { width, height: 800 }, javaScriptEnabled: true });
      await page.setContent(
        `<body style="background:#111;color:rgb(230, 231, 232)"><h1>Mine</h1>${html}</body>`,
      );
      expect(await page.evaluate(overflowing)).toEqual([]);
      expect(await page.locator('figure img').count()).toBeGreaterThan(3);
      const drawn = await page
        .locator('figure img')
        .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth));
      expect(drawn.every((wide) => wide > 100)).toBe(true);
      const colour = (selector: string) =>
        page
          .locator(selector)
          .first()
          .evaluate((one) => getComputedStyle(one).color);
      expect(await colour('.solireward-report h2')).toBe('rgb(230, 231, 232)');
      // Its style is for itself only.
      expect(await page.locator('body > h1').evaluate((one) => getComputedStyle(one).fontSize)).toBe('32px');
      await page.close();
    },
  );
});
