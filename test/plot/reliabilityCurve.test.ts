import { expect, it } from 'vitest';
import { reliabilityCurve } from '../../src/plot/reliabilityCurve.js';
import { tracesOf } from '../support/traces.js';

it('reliabilityCurve has a dot with its interval for each bin that has clips', () => {
  const figure = reliabilityCurve([0.1, 0.1, 0.9, 0.9], [false, false, true, false]);
  expect(tracesOf(figure)[0]).toMatchObject({ x: [0.1, 0.9], y: [0, 0.5] });
  const svg = figure.toSvg();
  expect(svg.match(/<circle/g)).toHaveLength(2);
  expect(svg).toContain('expected error');
});
