import { expect, it } from 'vitest';
import { jupyterDisplay } from '../../src/base/host.js';
import { liveChart } from '../../src/notebook/liveChart.js';
import { insideNotebook } from '../support/fakeHost.js';

const notebook = insideNotebook();

it('draws all points so far in one output, with a progress line as text', () => {
  let drawn = 0;
  const chart = liveChart<{ step: number; loss: number; accuracy?: number }>({
    label: 'train',
    total: 4,
    draw: (points) => {
      drawn++;
      return { [jupyterDisplay]: () => ({ 'text/html': `${points.length} points`, 'text/plain': 'figure' }) };
    },
  });
  for (let step = 1; step <= 4; step++) chart.add({ step, loss: 1 / step, accuracy: undefined });
  chart.finish();
  expect(drawn).toBe(2);
  expect(notebook.shown.map(({ bundle }) => bundle['text/html'])).toEqual(['1 points', '4 points']);
  expect(notebook.shown[1].options.update).toBe(true);
  expect(notebook.shown[1].bundle['text/plain']).toBe('train 4/4 100% loss 0.250 in 0:00');
});
