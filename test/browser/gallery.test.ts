import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runFfmpeg } from '../../src/data/video/ffmpeg.js';
import { hasJupyterLab, JupyterLab, type NotebookPage } from '../support/jupyterLab.js';

const many = (folder: string) => `import { notebook } from 'solireward';
const maps = [...Array(4).keys()].map((t) => [[0, 1, 2], [t, 2, 0]]);
const clips = [...Array(60).keys()].map((i) => ({
  clip: \`clip \${i}\`, path: i % 5 === 4 ? ${JSON.stringify(join(folder, 'outside.mp4'))} : \`clips/\${i % 3}.mp4\`,
  score: Math.sin(i), pass: i % 2 === 0, prompt: 'a ball falls and bounces off the floor', generator: \`generator \${i % 4}\`,
  ...(i === 0 && { attention: { frames: [1, 2, 3, 4], maps } }),
}));
notebook.gallery([...clips, { clip: 'gone', path: 'clips/gone.mp4' }, { clip: 'nowhere' }])`;

describe.skipIf(!hasJupyterLab)(
  'the gallery in JupyterLab (skipped where .venv or Chromium is absent)',
  () => {
    let lab: JupyterLab;
    let outside: string;
    let page: NotebookPage;

    beforeAll(async () => {
      outside = mkdtempSync(join(tmpdir(), 'solireward-outside-'));
      lab = await JupyterLab.start();
      mkdirSync(join(lab.folder, 'clips'));
      const encode = (source: string, file: string) =>
        runFfmpeg([
          '-f',
          'lavfi',
          '-i',
          `${source}:duration=2`,
          '-c:v',
          'libx264',
          '-pix_fmt',
          'yuv420p',
          file,
        ]);
      await encode('testsrc=size=160x120:rate=8', join(lab.folder, 'clips', '0.mp4'));
      await encode('testsrc2=size=256x144:rate=8', join(lab.folder, 'clips', '1.mp4'));
      await encode('rgbtestsrc=size=128x128:rate=8', join(lab.folder, 'clips', '2.mp4'));
      await encode('smptebars=size=160x120:rate=8', join(outside, 'outside.mp4'));
      lab.write('gallery.ipynb', [many(outside)]);
      page = await lab.open('gallery.ipynb');
      await page.run(0);
    }, 300_000);
    afterEach(({ task }) =>
      task.result?.state === 'fail' ? page?.screenshot(`failed ${task.name}`) : undefined,
    );
    afterAll(async () => {
      await lab?.stop();
      rmSync(outside, { recursive: true, force: true });
    });

    const gallery = () => page.output(0).locator('.sr-GalleryRenderer');
    const tiles = () => gallery().locator('.sr-Tile');
    const names = () => tiles().locator('.sr-Name').allInnerTexts();

    it('loads the clips that are seen, and no others', async () => {
      await tiles().first().waitFor();
      expect(await tiles().count()).toBe(62);
      await soon(() => loaded(tiles().first())).toBe(true);
      await soon(() => gallery().locator('video[src]').count()).toBeLessThan(50);
      expect(await loaded(tiles().nth(58))).toBe(false);
      await tiles().nth(58).scrollIntoViewIfNeeded();
      await soon(() => loaded(tiles().nth(58))).toBe(true);
      await soon(() => tiles().first().locator('video[src]').count()).toBe(0);
    });

    it('asks the kernel for clips that the server does not serve', async () => {
      await tiles().nth(54).scrollIntoViewIfNeeded();
      await soon(() => loaded(tiles().nth(54))).toBe(true);
    });

    it('says what is wrong with a clip that is not there', async () => {
      await tiles().nth(60).scrollIntoViewIfNeeded();
      await soon(() => tiles().nth(60).locator('.sr-Message').innerText()).toMatch(/gone\.mp4/);
      expect(await tiles().nth(61).locator('.sr-Message').innerText()).toBe('There is no path to this clip.');
    });

    it('sorts and filters', async () => {
      const bar = gallery().locator('.sr-GalleryBar');
      await bar.getByLabel('Order').selectOption('Highest score');
      expect((await names())[0]).toMatch(/^clip 33/);
      await bar.getByLabel('Order').selectOption('Lowest score');
      expect((await names())[0]).toMatch(/^clip 11/);
      await bar.getByLabel('generator').selectOption('generator 1');
      expect(await tiles().count()).toBe(15);
      expect(await bar.locator('.sr-Count').innerText()).toBe('15 of 62 clips');
      expect(new Set((await names()).map((name) => name.split(' \u00b7 ')[1]))).toEqual(
        new Set(['generator 1']),
      );
      await bar.getByLabel('generator').selectOption('');
      await bar.getByLabel('Order').selectOption('As given');
      expect((await names())[0]).toMatch(/^clip 0/);
    });

    it('plays a clip by a click or a key, and shows the attention to it', async () => {
      const first = tiles().first();
      await first.scrollIntoViewIfNeeded();
      await soon(() => loaded(first)).toBe(true);
      await first.locator('video').click();
      await soon(() => time(first)).toBeGreaterThan(0.2);
      await first.locator('.sr-Stage').press(' ');
      expect(await first.locator('video').evaluate((video: HTMLVideoElement) => video.paused)).toBe(true);
      expect(await first.locator('.sr-Attention > div').count()).toBe(4);
      expect(await first.locator('.sr-HeatMap').isVisible()).toBe(true);
      await gallery().getByRole('button', { name: 'Heat maps' }).click();
      expect(await first.locator('.sr-HeatMap').isVisible()).toBe(false);
      await gallery().getByRole('button', { name: 'Heat maps' }).click();
    });

    it('opens a clip in a player of its own, and closes it again', async () => {
      const second = tiles().nth(1);
      await second.scrollIntoViewIfNeeded();
      await second.locator('.sr-Stage').hover();
      await second.getByRole('button', { name: 'Open in a player' }).click();
      const player = second.locator('.sr-Player');
      await soon(() => player.locator('.sr-Clock').textContent()).toContain('/16');
      await page.page.keyboard.press('.');
      await soon(() => player.locator('.sr-Clock').textContent()).toContain('\u00b7 2/16');
      await page.screenshot('gallery-open');
      await second.getByRole('button', { name: 'Close the player' }).click();
      expect(await player.count()).toBe(0);
      await soon(() => loaded(second)).toBe(true);
    });

    it('is as wide as its place, on a phone too, light and dark', async () => {
      await gallery().locator('.sr-GalleryBar').scrollIntoViewIfNeeded();
      await soon(() => loaded(tiles().nth(2))).toBe(true);
      await page.screenshot('gallery-light');
      await page.command('apputils:change-theme', { theme: 'JupyterLab Dark' });
      await page.page.locator('#jupyterlab-splash').waitFor({ state: 'hidden' });
      await page.screenshot('gallery-dark');
      // On a phone the side bar leaves no place.
      await page.command('application:toggle-left-area');
      await page.page.setViewportSize({ width: 390, height: 844 });
      await gallery().locator('.sr-GalleryBar').scrollIntoViewIfNeeded();
      await soon(async () => {
        const [grid, place] = await Promise.all([
          gallery().locator('.sr-Grid').boundingBox(),
          page.output(0).boundingBox(),
        ]);
        return grid && place && grid.width <= place.width;
      }).toBe(true);
      await page.screenshot('gallery-phone');
      await page.page.setViewportSize({ width: 1280, height: 900 });
      await page.command('application:toggle-left-area');
      await page.command('apputils:change-theme', { theme: 'JupyterLab Light' });
    });

    it('shows it again after the page was loaded anew', async () => {
      await page.saveAndReload();
      await tiles().first().scrollIntoViewIfNeeded();
      await soon(() => loaded(tiles().first())).toBe(true);
      expect(page.errors).toEqual([]);
    });
  },
);

/** What comes true in a moment, or in many on a busy machine. */
const soon = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 120_000 });

/** Whether the video of a tile shows a picture. */
const loaded = (tile: Locator) =>
  tile.locator('.sr-Video').evaluate((video) => (video as HTMLVideoElement).videoWidth > 0);

/** Where the video of a tile is, in seconds. */
const time = (tile: Locator) =>
  tile.locator('.sr-Video').evaluate((video) => (video as HTMLVideoElement).currentTime);
