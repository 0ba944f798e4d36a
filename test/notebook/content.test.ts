import { expect, it } from 'vitest';
import { jupyterDisplay } from '../../src/base/host.js';
import { html, json, latex, markdown, svg } from '../../src/notebook/content.js';

it.each([
  [html('<b>x</b>'), { 'text/html': '<b>x</b>', 'text/plain': '<b>x</b>' }],
  [markdown('# x'), { 'text/markdown': '# x', 'text/plain': '# x' }],
  [latex('a^2'), { 'text/latex': '$$a^2$$', 'text/plain': 'a^2' }],
  [latex('$a^2$'), { 'text/latex': '$a^2$', 'text/plain': '$a^2$' }],
  [svg('<svg/>'.replace('/', ' /')), { 'image/svg+xml': '<svg />', 'text/plain': '<svg />' }],
  [
    json([1, { a: null }]),
    { 'application/json': [1, { a: null }], 'text/plain': '[\n  1,\n  {\n    "a": null\n  }\n]' },
  ],
])('shows itself, and is text', (content, bundle) => {
  expect(content[jupyterDisplay]()).toEqual(bundle);
  expect(`${content}`).toBe(bundle['text/plain']);
});

it('keeps what JSON was', () => {
  const value = { a: 1 };
  const shown = json(value);
  value.a = 2;
  expect(shown[jupyterDisplay]()).toMatchObject({ 'application/json': { a: 1 } });
});

it('refuses what is not text, no SVG, no JSON', () => {
  expect(() => html(5 as never)).toThrow('html: expected a text, received number');
  expect(() => svg('<b>x</b>')).toThrow('svg: expected a text with an <svg> element, received "<b>x</b>"');
  expect(() => svg(undefined as never)).toThrow('svg: expected a text, received undefined');
  expect(() => json(undefined)).toThrow('json: expected what JSON can hold, received undefined');
  expect(() => json({ a: 5n })).toThrow('json: expected what JSON can hold');
  const circle: unknown[] = [];
  circle.push(circle);
  expect(() => json(circle)).toThrow('circular');
});
