import { expect, it } from 'vitest';
import { roc } from '../../src/plot/roc.js';
import { thin } from '../../src/plot/thin.js';
import { tracesOf } from '../support/traces.js';

it('curves are drawn with some hundreds of points', () => {
  const many = Array.from({ length: 5000 }, (_, i) => i);
  const figure = roc(
    many,
    many.map((i) => i % 3 === 0),
  );
  expect(tracesOf(figure)[0].x).toHaveLength(300);
  expect([tracesOf(figure)[0].x[0], tracesOf(figure)[0].x[299]]).toEqual([0, 1]);
  expect(thin(3)).toEqual([0, 1, 2]);
});
