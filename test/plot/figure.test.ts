import { describe, expect, it } from 'vitest';
import { jupyterDisplay } from '../../src/base/host.js';
import { Figure } from '../../src/plot/figure.js';
import { insideNotebook } from '../support/fakeHost.js';

const evil = '</script><script>alert(1)</script>';
const figure = new Figure(
  [{ type: 'bar', name: evil, x: [0, 1], y: [1, 2], width: 1, marker: { color: 'red', opacity: 1 } }],
  { title: { text: evil }, xaxis: {}, yaxis: {} },
  'Two bars',
);

describe('Figure', () => {
  insideNotebook();

  it('shows itself as plotly, HTML, a static picture and text', () => {
    const bundle = figure[jupyterDisplay]();
    expect(Object.keys(bundle)).toEqual([
      'application/vnd.plotly.v1+json',
      'text/html',
      'image/svg+xml',
      'text/plain',
    ]);
    expect(bundle['application/vnd.plotly.v1+json']).toMatchObject({
      data: figure.data,
      layout: figure.layout,
    });
    expect(bundle['image/svg+xml']).toMatch(/^<svg .*xmlns=/);
    expect(bundle['text/html']).toContain('<svg ');
    expect(bundle['text/html']).toContain('Plotly.newPlot');
    expect(bundle['text/plain']).toBe('Two bars');
  });

  it('shows names and titles as text only', () => {
    const bundle = figure[jupyterDisplay]();
    expect((bundle['text/html'] as string).match(/<script/g)).toHaveLength(1);
    expect(bundle['image/svg+xml']).not.toContain('<script');
  });
});
