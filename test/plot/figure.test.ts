import { describe, expect, it } from 'vitest';
import { jupyterDisplay } from '../../src/base/host.js';
import { Figure } from '../../src/plot/figure.js';
import type { FigureOptions } from '../../src/plot/options.js';
import { insideNotebook } from '../support/fakeHost.js';

const evil = '</script><script>alert(1)</script>';
const figureOf = (options?: FigureOptions) =>
  new Figure(
    {
      operation: 'bars',
      traces: [
        { type: 'bar', name: evil, x: [0, 1], y: [1, 2], width: 1, marker: { color: 'red', opacity: 1 } },
      ],
      layout: { title: { text: evil }, xaxis: {}, yaxis: {} },
      summary: 'Two bars',
      rows: () => [
        { x: 0, y: 1 },
        { x: 1, y: 2 },
      ],
    },
    options,
  );
const figure = figureOf();

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
      data: figure.traces,
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

  it('is a table of what is drawn', () => {
    expect(figure.data.columnNames()).toEqual(['x', 'y']);
    const values: number[] = figure.data.objects().map(({ y }) => y);
    expect(values).toEqual([1, 2]);
  });
});

describe('options of every figure', () => {
  it('are title and subtitle above it, and its size', () => {
    const titled = figureOf({ title: 'Mine', subtitle: 'on 12 clips', width: '85mm', height: 200 });
    expect(titled.layout).toMatchObject({
      title: { text: 'Mine', subtitle: { text: 'on 12 clips' } },
      height: 200,
    });
    expect(titled.layout.width).toBeCloseTo((85 / 25.4) * 96, 9);
    expect(titled.toSvg()).toContain('viewBox="0 0 321.26 200"');
    expect(titled.toSvg()).toContain('>on 12 clips</text>');
  });

  it('are a paper in black on white, without the title that its caption will have', () => {
    const paper = figureOf({ theme: 'paper' });
    expect(paper.layout.title.text).toBe('');
    expect(figureOf({ theme: 'paper', title: 'Mine' }).layout.title.text).toBe('Mine');
    const { layout } = paper[jupyterDisplay]()['application/vnd.plotly.v1+json'] as {
      layout: Record<string, unknown>;
    };
    expect(layout).toMatchObject({ paper_bgcolor: '#ffffff', font: { color: '#000000' }, width: 321.26 });
    expect(paper.toSvg()).toContain('color="#000000"');
  });

  it('are slides with larger text and thicker lines', () => {
    const sizes = (shown: Figure) =>
      [...shown.toSvg().matchAll(/<text[^>]* font-size="([\d.]+)"/g)].map(([, size]) => Number(size));
    expect(Math.min(...sizes(figureOf({ theme: 'slides' })))).toBeGreaterThan(Math.max(...sizes(figure)));
  });
});

describe('the note of what is left out', () => {
  const noted = (options?: FigureOptions) =>
    new Figure(
      {
        operation: 'bars',
        traces: [],
        layout: { title: { text: 'Bars' }, xaxis: {}, yaxis: {} },
        summary: 'Two bars',
        note: 'left out: 3 rows without a score',
        rows: () => [],
      },
      options,
    );

  it('is below the title and at the end of the words', () => {
    expect(noted().layout.title.subtitle?.text).toBe('left out: 3 rows without a score');
    expect(noted().summary).toBe('Two bars; left out: 3 rows without a score');
  });

  it('gives way to a subtitle and to a paper, and stays in the words', () => {
    expect(noted({ subtitle: 'mine' }).layout.title.subtitle?.text).toBe('mine');
    expect(noted({ theme: 'paper' }).layout.title.subtitle).toBeUndefined();
    expect(noted({ theme: 'paper' }).summary).toContain('left out: 3 rows');
  });

  it('is there once after an update, which may take it away', () => {
    expect(noted().update(() => {}).summary).toBe(noted().summary);
    expect(noted().update(() => {}).layout.title).toEqual(noted().layout.title);
    const bare = noted().update((layout) => {
      layout.title = { text: 'Bare' };
    });
    expect(bare.layout.title.subtitle).toBeUndefined();
  });
});

describe('update', () => {
  it('changes a copy of the layout in place, or takes another', () => {
    const zoomed = figure.update((layout) => {
      layout.yaxis.range = [0, 5];
      layout.xaxis.title = { text: 'place' };
    });
    expect(zoomed.layout).toMatchObject({ yaxis: { range: [0, 5] }, xaxis: { title: { text: 'place' } } });
    expect(zoomed.layout.title.text).toBe(evil);
    expect(figure.layout.yaxis).toEqual({});
    expect(figure.update((layout) => ({ ...layout, height: 77 })).toSvg()).toContain('viewBox="0 0 680 77"');
    expect(zoomed.data.objects()).toEqual(figure.data.objects());
    expect(zoomed.toSvg()).toContain('>place</text>');
  });

  it('keeps theme and size', () => {
    const updated = figureOf({ theme: 'paper', width: 300, title: 'Mine' }).update((layout) => {
      layout.showlegend = false;
    });
    expect(updated.layout).toMatchObject({ width: 300, showlegend: false, title: { text: 'Mine' } });
    expect(updated.toSvg()).toContain('color="#000000"');
  });

  it('takes an assignment for what it is', () => {
    expect(figure.update((layout) => (layout.height = 77)).layout).toMatchObject({ height: 77 });
  });

  it('refuses what is not a function', () => {
    const wrong: never = { height: 3 } as never;
    expect(() => figure.update(wrong)).toThrow(
      'update: expected a function of the layout, such as (layout) =>',
    );
  });
});
