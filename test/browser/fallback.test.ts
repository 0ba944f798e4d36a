import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Displayable, jupyterDisplay } from '../../src/base/host.js';
import { runFfmpeg } from '../../src/data/video/ffmpeg.js';
import { pair } from '../../src/notebook/pair.js';
import { player } from '../../src/notebook/player.js';
import { plotlyReady } from '../../src/plot/plotlyScript.js';
import { scoreDistribution } from '../../src/plot/scoreDistribution.js';
import { chromiumPath } from '../support/chromium.js';

const evil = `"'></script><script>window.ran = 1</script><img src=x onerror="window.ran = 1">`;

describe.skipIf(!chromiumPath)(
  'without the extension, in a browser (skipped where there is no Chromium)',
  () => {
    let folder: string;
    let clip: string;
    let browser: Browser;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'solireward-fallback-'));
      clip = join(folder, 'clip.mp4');
      const source = ['-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=8:duration=2'];
      await runFfmpeg([...source, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', clip]);
      browser = await chromium.launch({
        executablePath: chromiumPath,
        args: ['--no-sandbox', '--disable-gpu'],
      });
    });
    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true });
    });

    async function open(shown: Displayable) {
      const page = await browser.newPage();
      await page.setContent(String((await shown[jupyterDisplay]())['text/html']));
      return page;
    }

    it('plays a pair in step', async () => {
      const page = await open(pair({ path: clip, id: 'first' }, { path: clip, id: 'second' }));
      await page
        .locator('video')
        .first()
        .evaluate((video: HTMLVideoElement) => video.play());
      const playing = () =>
        page.locator('video').evaluateAll((all) => all.map((video) => !(video as HTMLVideoElement).paused));
      await expect.poll(playing).toEqual([true, true]);
      await page.close();
    });

    it('keeps each line of a title inside of a narrow figure', async () => {
      const title = 'One of the longer titles, which takes three lines here';
      const page = await open(scoreDistribution([0, 1, 2], { title }));
      await page.setViewportSize({ width: 390, height: 600 });
      const plotly = createRequire(import.meta.url).resolve('plotly.js-dist');
      await page.addScriptTag({ path: plotly });
      await page.evaluate((event) => window.dispatchEvent(new Event(event)), plotlyReady);
      const [words, place] = ['.gtitle', '.main-svg'].map((part) => page.locator(part).first());
      expect(await words.locator('tspan').count()).toBeGreaterThan(1);
      const [inner, outer] = [await words.boundingBox(), await place.boundingBox()];
      expect(inner!.y).toBeGreaterThanOrEqual(outer!.y);
      expect(inner!.x + inner!.width).toBeLessThan(outer!.x + outer!.width);
      await page.close();
    });

    it('never runs what is in prompts, names, notes and titles', async () => {
      const clipOfEvil = { path: clip, id: evil, prompt: evil, generator: evil, label: evil, note: evil };
      const distribution = scoreDistribution(
        [0, 1, 2].map((score) => ({ score, group: evil })),
        { by: 'group' },
      );
      distribution.layout.title.text = evil;
      for (const shown of [player(clipOfEvil, clipOfEvil), pair(clipOfEvil, clipOfEvil), distribution]) {
        const page = await open(shown);
        expect((await page.locator('body').innerText()).replaceAll(/\s+/g, ' ')).toContain(evil.slice(0, 40));
        expect(await page.locator('img').count()).toBe(0);
        expect(await page.evaluate(() => 'ran' in window)).toBe(false);
        await page.close();
      }
    });
  },
);
