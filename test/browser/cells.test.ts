import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hasJupyterLab, JupyterLab, type NotebookPage } from '../support/jupyterLab.js';

const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const cells = [
  `import * as sr from 'solireward';
const scores = [...'dacb'].map((clip, i) => ({ clip, score: [0.25, -1, 12, 3][i], pass: i > 1, note: '<b>' + clip }));
scores`,
  `console.table(scores.map((row) => ({ ...row, prompt: 'a long prompt '.repeat(20) })))`,
  `const groups = new Map([['physics', new Set([1, 2])], ['deformity', new Set([3])]]);
groups`,
  `Buffer.from('${png}', 'base64')`,
  `await sr.notebook.display(sr.notebook.markdown('## A heading with $r^2$'));
await sr.notebook.display(sr.notebook.latex('L = -\\\\log\\\\sigma(r_w - r_l)'));
await sr.notebook.display({ 'text/html': '<em>a bundle</em>' });
sr.notebook.json({ clip: 'a', scores: [1, 2] })`,
  `for (const i of sr.notebook.progressOf([1, 2, 3], { label: 'clips' })) sr.notebook.time(() => i);
await sr.notebook.sh('echo once')`,
  `sr.plot.roc([0.1, 0.9, 0.4], [false, true, true])`,
];

describe.skipIf(!hasJupyterLab)('cells in JupyterLab (skipped where .venv or Chromium is absent)', () => {
  let lab: JupyterLab;
  let page: NotebookPage;
  beforeAll(async () => {
    lab = await JupyterLab.start();
    lab.write('cells.ipynb', cells);
    page = await lab.open('cells.ipynb');
  }, 300_000);
  afterEach(({ task }) =>
    task.result?.state === 'fail' ? page?.screenshot(`failed ${task.name}`) : undefined,
  );
  afterAll(() => lab?.stop());

  const column = (output: Locator, at: number) => output.locator(`tbody td:nth-child(${at})`).allInnerTexts();

  it('show records as a table that a click sorts, with its count', async () => {
    await page.run(0);
    const output = page.output(0);
    await output.locator('th', { hasText: 'score' }).click();
    await expect.poll(() => column(output, 2)).toEqual(['-1', '0.25', '3', '12']);
    await output.locator('th', { hasText: 'score' }).click();
    await expect.poll(() => column(output, 1)).toEqual(['c', 'b', 'd', 'a']);
    expect(await output.innerText()).toContain('4 rows, 4 columns');
    expect(await column(output, 4)).toContain('<b>a');
    await page.screenshot('cells-records');
  });

  it('show console.table as a table, however wide', async () => {
    await page.run(1);
    expect(await column(page.output(1), 2)).toEqual(['d', 'a', 'c', 'b']);
    expect(await page.output(1).locator('pre').count()).toBe(0);
  });

  it('fold a map, and open it', async () => {
    await page.run(2);
    const output = page.output(2);
    expect(await output.locator('summary').first().innerText()).toContain('Map(2)');
    expect(await output.locator('td', { hasText: 'deformity' }).isVisible()).toBe(false);
    await output.locator('summary').first().click();
    await output.locator('td', { hasText: 'deformity' }).waitFor();
  });

  it('show bytes as a picture; text, formulas, bundles and JSON as themselves', async () => {
    await page.run(3);
    await page.output(3).locator('img').waitFor();
    await page.run(4);
    await page.output(4).locator('h2', { hasText: 'A heading' }).waitFor();
    await page.output(4).locator('em', { hasText: 'a bundle' }).waitFor();
    await page.output(4).locator('.jp-RenderedJSON').waitFor();
    await expect.poll(() => page.output(4).locator('mjx-container').count()).toBe(2);
    await page.screenshot('cells-text');
  });

  it('show progress in place, and what a command says once', async () => {
    await page.run(5);
    const text = await page.output(5).innerText();
    expect(text).toContain('clips 3/3 100%');
    expect(text.match(/once/g)).toHaveLength(1);
  });

  it('put no copy of plotly into the notebook: the extension has it', async () => {
    await page.run(6);
    await page.output(6).locator('.main-svg').first().waitFor();
    await page.command('docmanager:save');
    const saved = lab.read('cells.ipynb');
    expect(saved).not.toContain('DecompressionStream');
    expect(saved.length).toBeLessThan(200_000);
  });

  it('list their variables in the panel, tables with their first rows', async () => {
    await page.page.locator('.jp-DebuggerBugButton').first().click();
    const panel = page.page.locator('.jp-DebuggerVariables');
    await panel.waitFor();
    await panel.getByText('scores', { exact: false }).first().waitFor();
    await panel.getByText('groups', { exact: false }).first().waitFor();
    // The button that a variable has under the pointer.
    await panel.getByText('scores', { exact: false }).first().hover();
    await panel.locator('.jp-DebuggerVariables-renderVariable').first().click();
    await page.page.locator('.jp-VariableRendererPanel-renderer td', { hasText: 'c' }).first().waitFor();
    await page.screenshot('cells-variables-light');
  });

  it('are as readable in the dark', async () => {
    await page.command('apputils:change-theme', { theme: 'JupyterLab Dark' });
    await page.page.locator('#jupyterlab-splash').waitFor({ state: 'hidden' });
    await page.cell(0).scrollIntoViewIfNeeded();
    await page.screenshot('cells-dark');
    expect(page.errors).toEqual([]);
  });
});
