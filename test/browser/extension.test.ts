import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasJupyterLab, JupyterLab } from './jupyterLab.js';

const figure = `
import { plot } from 'solireward';
plot.scoreDistribution([...Array(60).keys()].map((i) => ({ id: 'c' + i, score: Math.sin(i) + (i % 2), pass: i % 2 === 1 })), { by: 'pass' })
`;

describe.skipIf(!hasJupyterLab)(
  'the extension in JupyterLab (skipped where .venv or Chromium is absent)',
  () => {
    let lab: JupyterLab;
    beforeAll(async () => {
      lab = await JupyterLab.start();
    });
    afterAll(() => lab?.stop());

    it('draws a figure', async () => {
      lab.write('figure.ipynb', [figure]);
      const notebook = await lab.open('figure.ipynb');
      await notebook.run(0);
      await notebook.output(0).locator('.sr-Figure .main-svg').first().waitFor();
      await notebook.screenshot('figure-light');
      expect(notebook.errors).toEqual([]);
    });
  },
);
