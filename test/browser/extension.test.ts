import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { mime } from '../../src/base/host.js';
import { runFfmpeg } from '../../src/data/video/ffmpeg.js';
import { hasJupyterLab, JupyterLab, type NotebookPage } from '../support/jupyterLab.js';

/** Text that would run if it were taken for HTML, in an element, an attribute or a script. */
const evil = `"'></script><script>window.ran = 1</script><img src=x onerror="window.ran = 1">`;

const scores = `[...Array(60).keys()].map((i) => ({ score: Math.sin(i) + (i % 2), pass: i % 2 === 1 }))`;
const figure = `import { notebook, plot } from 'solireward';
plot.scoreDistribution(${scores}, { by: 'pass' })`;
const live = `type Point = { step: number; loss: number; accuracy: number };
const draw = (points: readonly Point[]) => plot.trainingCurves(points);
const chart = notebook.liveChart({ label: 'train', total: 12, draw });
for (let step = 1; step <= 12; step++) {
  chart.add({ step, loss: 1 / step, accuracy: 1 - 1 / step });
  await new Promise((resolve) => setTimeout(resolve, 200));
}
chart.finish();`;
const pair = `const maps = [...Array(8).keys()].map((t) => [...Array(6).keys()].map((y) => [...Array(8).keys()].map((x) =>
  Math.exp(-((x - t) ** 2 + (y - 3) ** 2) / 4))));
notebook.pair(
  { path: 'clips/first.mp4', id: 'first', prompt: 'a ball falls', score: 2.1, label: true,
    attention: { frames: [1, 2, 3, 8, 5, 3, 2, 1], maps } },
  { path: 'clips/second one.mp4', id: 'second', prompt: 'a ball falls', score: -1.3, label: false, note: 'it jumps' })`;
const single = (path: string) => `notebook.player({ path: ${JSON.stringify(path)} })`;
const untrusted = `const evil = ${JSON.stringify(evil)};
await notebook.display(notebook.player(
  { path: 'clips/first.mp4', id: evil, prompt: evil, generator: evil }, { label: evil, note: evil }));
const distribution = plot.scoreDistribution([0, 1, 2, 3].map((score) => ({ score, evil })), { by: 'evil' });
distribution.layout.title.text = evil;
await notebook.display(distribution);`;

/** What a notebook of somebody else may name as clips. */
const elsewhere = [
  'https://elsewhere.invalid/clip.mp4',
  '//elsewhere.invalid/clip.mp4',
  '../../../../../../etc/hostname',
  'data:text/html,<script>window.ran = 1</script>',
];

describe.skipIf(!hasJupyterLab)(
  'the extension in JupyterLab (skipped where .venv or Chromium is absent)',
  () => {
    let lab: JupyterLab;
    let outside: string;
    let page: NotebookPage;

    beforeAll(async () => {
      outside = mkdtempSync(join(tmpdir(), 'solireward-outside-'));
      lab = await JupyterLab.start();
      const clips = join(lab.folder, 'clips');
      mkdirSync(clips);
      const h264 = ['-c:v', 'libx264', '-pix_fmt', 'yuv420p'];
      await encode('testsrc=size=160x120:rate=8:duration=4', join(clips, 'first.mp4'), ...h264);
      // Noise makes it too large to be a part of the notebook.
      const noise = ['-vf', 'noise=alls=60:allf=t', '-crf', '12', ...h264];
      await encode('testsrc2=size=160x120:rate=8:duration=3', join(clips, 'second one.mp4'), ...noise);
      await encode('testsrc2=size=160x120:rate=8:duration=3', join(outside, 'outside.mp4'), ...noise);
      await encode('testsrc=size=160x120:rate=8:duration=2', join(clips, 'odd.mp4'), '-c:v', 'mpeg4');
      const cells = [
        figure,
        live,
        pair,
        single('clips/odd.mp4'),
        single(join(outside, 'outside.mp4')),
        untrusted,
      ];
      const timing = { width: 160, height: 120, frames: 8, fps: 8, codec: 'h264', key: 'guessed' };
      const clipsOfOthers = elsewhere.map((path) => ({ ...timing, path }));
      lab.write('all.ipynb', cells, {
        [mime.player]: { clips: clipsOfOthers },
      });
      page = await lab.open('all.ipynb');
    }, 300_000);
    afterEach(({ task }) =>
      task.result?.state === 'fail' ? page?.screenshot(`failed ${task.name}`) : undefined,
    );
    afterAll(async () => {
      await lab?.stop();
      rmSync(outside, { recursive: true, force: true });
    });

    it('draws a figure as wide as its place, with the bundled plotly loaded once', async () => {
      await page.run(0);
      await drawn(page.output(0));
      await expectToFill(page.output(0));
      expect(page.requests.filter((url) => url.includes('plotly.min.js'))).toHaveLength(1);
      // The script for front ends without the extension is there, unseen and not run.
      expect(await page.output(0).locator('script').count()).toBe(0);
      await page.screenshot('figure-light');
    });

    it('follows the width of the panel, and does so in a hidden tab when it is shown again', async () => {
      await page.page.setViewportSize({ width: 1000, height: 900 });
      await expectToFill(page.output(0));
      await page.command('launcher:create');
      await page.page.setViewportSize({ width: 1280, height: 900 });
      await page.command('docmanager:open', { path: 'all.ipynb' });
      await expectToFill(page.output(0));
    });

    it('takes the colours of a dark theme, and gives them back', async () => {
      const title = page.output(0).locator('.gtitle');
      const light = await title.evaluate((node) => getComputedStyle(node).fill);
      await page.command('apputils:change-theme', { theme: 'JupyterLab Dark' });
      await soon(() => title.evaluate((node) => getComputedStyle(node).fill)).toBe('rgb(255, 255, 255)');
      await page.page.locator('#jupyterlab-splash').waitFor({ state: 'hidden' });
      await page.screenshot('figure-dark');
      await page.command('apputils:change-theme', { theme: 'JupyterLab Light' });
      await soon(() => title.evaluate((node) => getComputedStyle(node).fill)).toBe(light);
    });

    it('updates a live chart in place', async () => {
      const running = page.run(1);
      const picture = page.output(1).locator('.main-svg').first();
      await picture.waitFor();
      await picture.evaluate((node) => {
        (node as unknown as { marked: boolean }).marked = true;
      });
      await running;
      await page.output(1).locator('.gtitle', { hasText: 'step 12' }).waitFor();
      expect(await picture.evaluate((node) => (node as unknown as { marked?: boolean }).marked)).toBe(true);
      await page.output(1).locator('.js-plotly-plot').scrollIntoViewIfNeeded();
      await page.screenshot('live-chart');
    });

    it('plays a pair in step', async () => {
      await page.run(2);
      const player = page.output(2).locator('.sr-Player');
      await loaded(player, 2);
      await player.getByRole('button', { name: 'Play' }).click();
      await soon(async () => (await times(player))[0]).toBeGreaterThan(0.5);
      await player.getByRole('button', { name: 'Pause' }).click();
      const [first, second] = await times(player);
      // The second clip is over after 3 seconds.
      expect(Math.abs(Math.min(first, 23.5 / 8) - second)).toBeLessThan(0.25);
      await page.screenshot('pair');
    });

    it('steps by keys, frame by frame, which are not taken for commands of the notebook', async () => {
      const player = page.output(2).locator('.sr-Player');
      const clock = player.locator('.sr-Clock');
      const press = async (...keys: string[]) => {
        for (const key of keys) await page.page.keyboard.press(key);
      };
      await player.focus();
      await press('Home');
      await soon(() => clock.textContent()).toContain('\u00b7 1/32');
      await press('.');
      await soon(() => clock.textContent()).toContain('\u00b7 2/32');
      await press('ArrowRight', 'ArrowRight', ',');
      await soon(() => clock.textContent()).toContain('\u00b7 3/32');
      const cells = await page.page.locator('.jp-Cell').count();
      await press('a', 'b', 'l', 'h', '>', '>');
      expect(await page.page.locator('.jp-Cell').count()).toBe(cells);
      await expect(player.getByRole('button', { name: 'Loop' }).getAttribute('aria-pressed')).resolves.toBe(
        'false',
      );
      await expect(player.locator('.sr-HeatMap').isVisible()).resolves.toBe(false);
      await expect(player.getByRole('combobox').inputValue()).resolves.toBe('2');
      await press('End');
      await soon(() => clock.textContent()).toContain('\u00b7 32/32');
      // The second clip is over after 3 seconds.
      await soon(async () => (await times(player))[1]).toBeCloseTo(23.5 / 8, 2);
      await press('l', 'h', '<', '<', ' ');
      await soon(async () => (await times(player))[0]).toBeGreaterThan(0.3);
      await press(' ');
      expect(await player.getByRole('button', { name: 'Play' }).count()).toBe(1);
    });

    it('shows scores, thumbnails and the attention to frames and places', async () => {
      const player = page.output(2).locator('.sr-Player');
      expect(await player.locator('figcaption').allInnerTexts()).toEqual([
        '+2.10\nPass\na ball falls\nfirst',
        '\u22121.30\nFail\na ball falls\nit jumps\nsecond',
      ]);
      await soon(() => player.locator('.sr-Thumbnails canvas').count()).toBe(24);
      const bars = await player
        .locator('.sr-Attention > div')
        .evaluateAll((all) =>
          all.map((bar) => [bar.getAttribute('title'), bar.getBoundingClientRect().height]),
        );
      expect(bars).toHaveLength(8);
      expect(bars[3]).toEqual(['frame 15: 8.00', 16]);
      const opacity = await player.locator('.sr-HeatMap').evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
        return [canvas.width, canvas.height, Math.max(...data.filter((_, i) => i % 4 === 3))];
      });
      expect(opacity.slice(0, 2)).toEqual([8, 6]);
      expect(opacity[2]).toBeGreaterThan(100);
    });

    it('has a file of the folder served in ranges', async () => {
      const url = page.requests.find((request) => request.includes('second%20one.mp4'));
      const answer = await page.page.evaluate(async (url) => {
        const { status, headers } = await fetch(url!, { headers: { Range: 'bytes=10-19' } });
        return [status, headers.get('content-range')];
      }, url);
      expect(answer[0]).toBe(206);
      expect(answer[1]).toMatch(/^bytes 10-19\//);
    });

    it('plays a clip in a codec that browsers do not know', async () => {
      await page.run(3);
      await loaded(page.output(3).locator('.sr-Player'), 1);
      await page.output(3).locator('.sr-Message').waitFor({ state: 'hidden' });
    });

    it('plays a clip from outside of the folder that the server serves', async () => {
      await page.run(4);
      await loaded(page.output(4).locator('.sr-Player'), 1);
    });

    it('never runs what is in prompts, names, notes and titles', async () => {
      await page.run(5);
      await page.output(5).locator('.sr-Player figcaption').waitFor();
      await drawn(page.output(5));
      const caption = await page.output(5).locator('figcaption').innerText();
      expect(caption.split(evil)).toHaveLength(6);
      await page.output(5).scrollIntoViewIfNeeded();
      await page.screenshot('untrusted');
      expect(await page.page.evaluate(() => 'ran' in window)).toBe(false);
    });

    it('loads of a saved player nothing that Jupyter does not serve, and says so', async () => {
      await page.output(6).scrollIntoViewIfNeeded();
      const message = 'This clip is of an earlier run: run its cell again to play it.';
      await soon(() => page.output(6).locator('.sr-Message').allInnerTexts()).toEqual(
        elsewhere.map(() => message),
      );
      await page.screenshot('not-served');
      const { origin } = new URL(page.page.url());
      const foreign = page.requests.filter(
        (url) => !/^(blob|data):/.test(url) && new URL(url).origin !== origin,
      );
      expect(foreign).toEqual([]);
    });

    it('shows all of it again after the page was loaded anew', async () => {
      await page.saveAndReload();
      await drawn(page.output(0));
      await expectToFill(page.output(0));
      await page.output(2).scrollIntoViewIfNeeded();
      await loaded(page.output(2).locator('.sr-Player'), 2);
      expect(page.errors).toEqual([]);
    });

    it('shows figures and players in Notebook 7', async () => {
      lab.write('seven.ipynb', [figure, pair]);
      const seven = await lab.open('seven.ipynb', 'notebook');
      await seven.run(0);
      await drawn(seven.output(0));
      await expectToFill(seven.output(0));
      await seven.run(1);
      await loaded(seven.output(1).locator('.sr-Player'), 2);
      await seven.screenshot('notebook-7');
      expect(seven.errors).toEqual([]);
      await seven.close();
    });
  },
);

const encode = (source: string, file: string, ...codec: string[]) =>
  runFfmpeg(['-f', 'lavfi', '-i', source, ...codec, file]);

/** What comes true in a moment, or in many on a busy machine. */
const soon = <T>(look: () => Promise<T>) => expect.poll(look, { timeout: 120_000 });

/** Waits until a figure is there. */
const drawn = (output: Locator) => output.locator('.sr-Figure .main-svg').first().waitFor();

/** Waits until a figure is as wide as the output that it is in. */
async function expectToFill(output: Locator): Promise<void> {
  await soon(async () => {
    const picture = await output.locator('.main-svg').first().boundingBox();
    const place = await output.locator('.sr-FigureRenderer').boundingBox();
    return picture && place && picture.width > 300 && Math.abs(picture.width - place.width) <= 20;
  }).toBe(true);
}

/** Waits until all videos of a player show a picture. */
const loaded = (player: Locator, count: number) =>
  soon(() =>
    player
      .locator('.sr-Video')
      .evaluateAll((videos) => videos.filter((video) => (video as HTMLVideoElement).videoWidth > 0).length),
  ).toBe(count);

/** The current times of the videos of a player, in seconds. */
const times = (player: Locator) =>
  player
    .locator('.sr-Video')
    .evaluateAll((videos) => videos.map((video) => (video as HTMLVideoElement).currentTime));
