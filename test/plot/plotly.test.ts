import { describe, expect, it } from 'vitest';
import { jupyterDisplay } from '../../src/base/host.js';
import { plotly } from '../../src/plot/plotly.js';

describe('plotly', () => {
  it('shows any figure of plotly as it is given, with typed arrays as lists', () => {
    const figure = plotly({
      data: [
        { type: 'violin', y: Float32Array.from([1, 2]), name: 'v' },
        { x: [1n, 2n], y: ['a', null] },
      ],
      layout: { title: 'Mine', yaxis3: { side: 'right' } },
    });
    const bundle = figure[jupyterDisplay]();
    expect(bundle['application/vnd.plotly.v1+json']).toMatchObject({
      data: [
        { type: 'violin', y: [1, 2], name: 'v' },
        { x: [1, 2], y: ['a', null] },
      ],
      layout: { title: { text: 'Mine' }, yaxis3: { side: 'right' } },
    });
    expect(bundle['text/plain']).toBe('Mine');
    expect(bundle['image/svg+xml']).toContain('“violin” is drawn only where plotly runs.');
    expect(figure.data.objects()).toEqual([
      { trace: 'v', x: null, y: 1 },
      { trace: 'v', x: null, y: 2 },
      { trace: 'trace 1', x: 1, y: 'a' },
      { trace: 'trace 1', x: 2, y: null },
    ]);
  });

  it('takes the options of every figure over the layout’s', () => {
    const figure = plotly(
      { data: [], layout: { title: 'Theirs', height: 300 } },
      { title: 'Mine', height: '2in' },
    );
    expect(figure.layout).toMatchObject({ title: { text: 'Mine' }, height: 192 });
  });

  it.each<[unknown, string]>([
    [
      { data: 3 },
      "plotly: data: expected a list of traces, such as [{ type: 'scatter', x: [1, 2], y: [3, 4] }]; received 3",
    ],
    [{}, 'plotly: data: expected a list of traces'],
    [null, 'plotly: data: expected a list of traces'],
    [{ data: [1] }, 'plotly: data: expected a list of traces'],
    [{ data: [], layout: [] }, "plotly: layout: expected an object, such as { title: 'Mine' }; received []"],
  ])('refuses %j', (given, reason) => {
    expect(() => plotly(given as { data: object[] })).toThrow(reason);
  });

  it('refuses what goes in a circle', () => {
    const trace: { own?: object } = {};
    trace.own = trace;
    expect(() => plotly({ data: [trace] })).toThrow(
      'plotly: expected data and layout as JSON has them; Converting circular',
    );
  });
});
