import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runFfmpeg } from '../../src/data/video/ffmpeg.js';
import { readVotes } from '../../src/data/votes/votes.js';
import { hasJupyterLab, JupyterLab, type NotebookPage } from '../support/jupyterLab.js';

const evil = '<img src=x onerror="window.hacked=1">';
const cells = [
  `
import { notebook } from 'solireward';
const clips = Array.from({ length: 10 }, (_, i) => ({
  id: 'clip-' + i,
  path: 'clips/' + i + '.mp4',
  prompt: 'Prompt ' + i + ': a ball rolls over the table, falls and bounces off the floor. ${evil}',
  generator: 'secret-model',
}));
const annotator = notebook.annotator(clips, {
  dimension: 'physics',
  criteria: 'Pass: bodies move as they would in the world.\\nFail: a body passes through another, jumps in place, vanishes or gains energy.',
  file: 'votes.jsonl',
});
annotator`,
  '"pid " + process.pid',
  'annotator.progress.objects()',
];

/** Works as a user with the annotator that a cell has shown. */
class Annotator {
  readonly node: Locator;
  readonly votes = new Map<string, boolean>();

  constructor(readonly notebook: NotebookPage) {
    this.node = notebook.output(0).locator('.sr-Annotator');
  }

  async enterName(name: string): Promise<void> {
    await this.node.getByLabel('Your name').fill(name);
    await this.node.getByLabel('Your name').press('Enter');
    this.votes.clear();
  }

  prompt = async () => (await this.node.locator('.sr-Annotator-prompt').innerText()).slice(0, 8);

  /** Waits until so many clips are judged, and the next one may be. */
  async judged(count: number): Promise<void> {
    await this.node.getByText(`${count} of 10`).waitFor();
    if (count < 10) await this.node.locator('.sr-mod-pass[aria-disabled=false]').waitFor();
    await sleep(350); // a key sooner after the clip is taken for one that was pressed twice
  }

  /** Presses the key of a vote. */
  async press(key: 'p' | 'f'): Promise<void> {
    this.votes.set(await this.prompt(), key === 'p');
    await this.notebook.page.keyboard.press(key);
  }
}

describe.skipIf(!hasJupyterLab)(
  'the annotator in JupyterLab (skipped where .venv or Chromium is absent)',
  () => {
    let lab: JupyterLab;
    beforeAll(async () => {
      lab = await JupyterLab.start();
      const folder = join(lab.folder, 'clips');
      mkdirSync(folder);
      for (const [i, size] of ['640x360', '360x480'].entries()) {
        await runFfmpeg([
          ...['-f', 'lavfi', '-i', `testsrc2=size=${size}:rate=24:duration=2`],
          ...['-c:v', 'libx264', '-pix_fmt', 'yuv420p', join(folder, `${i}.mp4`)],
        ]);
        for (let copy = i + 2; copy < 10; copy += 2) {
          copyFileSync(join(folder, `${i}.mp4`), join(folder, `${copy}.mp4`));
        }
      }
    }, 300_000);
    afterAll(() => lab?.stop());

    it('takes ten votes by keys, over a reload of the page and a kill of the kernel, and shows agreement', async () => {
      lab.write('annotate.ipynb', cells);
      const file = join(lab.folder, 'votes.jsonl');
      const notebook = await lab.open('annotate.ipynb');
      const { page } = notebook;
      await notebook.run(0);
      const ann = new Annotator(notebook);
      await ann.node.getByLabel('Your name').waitFor();
      await notebook.screenshot('annotator-name');
      await ann.enterName('Ann');
      await ann.judged(0);
      await page.locator('.sr-Annotator video').evaluate((video: HTMLVideoElement) => video.play());
      await notebook.screenshot('annotator');
      const place = await ann.node.locator('.sr-mod-pass').boundingBox();

      for (const [count, key] of (['p', 'f', 'p', 'p'] as const).entries()) {
        await ann.press(key);
        await ann.judged(count + 1);
        expect(await ann.node.locator('.sr-mod-pass').boundingBox()).toEqual(place);
      }
      // A wrong key, taken back; a skip, taken back by the button; a note with letters that are keys elsewhere.
      const fifth = await ann.prompt();
      await page.keyboard.press('f');
      await ann.judged(5);
      await page.keyboard.press('u');
      await ann.judged(4);
      expect(await ann.prompt()).toBe(fifth);
      await page.keyboard.press('s');
      await ann.node.getByText('1 skipped').waitFor();
      await ann.judged(5);
      await ann.node.locator('.sr-mod-undo').click();
      await ann.judged(4);
      await page.keyboard.press('n');
      await page.keyboard.type('stuff passes through');
      await notebook.screenshot('annotator-note');

      await notebook.saveAndReload();
      await ann.judged(4);
      expect(await ann.prompt()).toBe(fifth);
      expect(await ann.node.locator('textarea').inputValue()).toBe('stuff passes through');
      await ann.node.click({ position: { x: 5, y: 5 } });
      await ann.press('f');
      await ann.judged(5);
      // A key that is held down judges one clip.
      ann.votes.set(await ann.prompt(), true);
      await page.keyboard.down('p');
      for (let i = 0; i < 20; i++) await page.keyboard.down('p');
      await page.keyboard.up('p');
      await ann.judged(6);

      await notebook.run(1);
      const pid = Number((await notebook.output(1).innerText()).match(/pid (\d+)/)?.[1]);
      await ann.node.click({ position: { x: 5, y: 5 } });
      await ann.press('f');
      process.kill(pid, 'SIGKILL');
      await ann.node.getByText('Run this cell again').waitFor({ timeout: 200_000 });
      await page.locator('.jp-Dialog button').click();
      await notebook.screenshot('annotator-kernel-killed');
      await notebook.run(0);
      await ann.judged(7);
      await ann.node.click({ position: { x: 5, y: 5 } });
      for (const [i, key] of (['p', 'p', 'f'] as const).entries()) {
        await ann.press(key);
        await ann.judged(8 + i);
      }
      await ann.node.getByText('All clips are judged.').waitFor();
      const first = new Map(ann.votes);
      expect(first.size).toBe(10);

      await ann.node.getByText('change').click();
      await ann.enterName('Ben');
      const order: string[] = [];
      for (let count = 0; count < 10; count++) {
        await ann.judged(count);
        order.push(await ann.prompt());
        // Ben agrees with Ann but on one clip.
        await ann.press(first.get(order[count]) === (count !== 0) ? 'p' : 'f');
      }
      await ann.judged(10);
      expect(order).not.toEqual([...first.keys()]);
      await ann.node.getByText(/Agreement on 10 clips: 90 %, alpha 0\.\d\d/).waitFor();
      await notebook.screenshot('annotator-done');

      const votes = (await readVotes(file)).objects() as {
        annotator: string;
        prompt: string;
        pass: boolean;
      }[];
      const of = (name: string) =>
        new Map(
          votes
            .filter(({ annotator }) => annotator === name)
            .map(({ prompt, pass }) => [prompt.slice(0, 8), pass]),
        );
      expect(votes).toHaveLength(20);
      expect(of('Ann')).toEqual(first);
      expect(of('Ben')).toEqual(ann.votes);
      const lines = readFileSync(file, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines.map(({ event }) => event).filter((event) => event !== 'vote')).toEqual([
        'retract',
        'skip',
        'retract',
      ]);
      expect(lines).toHaveLength(24);
      expect(lines.find(({ note }) => note)).toMatchObject({
        annotator: 'Ann',
        note: 'stuff passes through',
      });

      await notebook.run(2);
      expect(await notebook.output(2).innerText()).toMatch(/^Ben\t10\t0\t0$/m);
      expect(await page.evaluate('window.hacked')).toBeUndefined();
      expect(await page.locator('.sr-Annotator').innerText()).not.toContain('secret-model');
      expect(notebook.errors).toEqual([]);
    }, 400_000);

    it('takes votes in Notebook 7, also while a cell computes', async () => {
      const loop = "while (!require('node:fs').existsSync('stop'));";
      lab.write('seven.ipynb', [cells[0].replace('votes.jsonl', 'seven.jsonl'), loop]);
      const notebook = await lab.open('seven.ipynb', 'notebook');
      await notebook.run(0);
      const ann = new Annotator(notebook);
      await ann.enterName('Ann');
      await ann.judged(0);
      await ann.press('f');
      await ann.judged(1);
      const isRunning = notebook.cell(1).locator('.jp-InputPrompt', { hasText: '[*]' });
      await notebook.cell(1).locator('.cm-content').click();
      await notebook.page.keyboard.press('Control+Enter');
      await isRunning.waitFor();
      await ann.node.click({ position: { x: 5, y: 5 } });
      await ann.press('p');
      await ann.judged(2);
      expect(await isRunning.count()).toBe(1);
      await notebook.screenshot('annotator-notebook-7');
      const votes = (await readVotes(join(lab.folder, 'seven.jsonl'))).objects();
      expect(votes).toMatchObject([{ annotator: 'Ann', dimension: 'physics', pass: false }, { pass: true }]);
      writeFileSync(join(lab.folder, 'stop'), '');
      await notebook.cell(1).locator('.jp-InputPrompt', { hasText: '[2]' }).waitFor();
      expect(notebook.errors).toEqual([]);
      await notebook.close();
    }, 400_000);
  },
);
