import { describe, expect, it } from 'vitest';
import { bt } from '../../src/loss/bt.js';
import { combined } from '../../src/loss/combined.js';
import { winTie } from '../../src/loss/winTie.js';
import { describeAllEngines } from '../support/engines.js';
import { evaluate } from '../support/evaluateLoss.js';

const sp = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const rewards = { rewards_chosen: [1, 0.5, -2], rewards_rejected: [0.2, 0.9, 1] };
const differences = [0.8, -0.4, -3];

await describeAllEngines('bt', () => {
  it('takes the flipped term with a flipped margin when asked to', async () => {
    const { perPair } = await evaluate(bt({ margin: 3, smoothing: 0.1, smoothedMargin: 'flipped' }), rewards);
    expect(perPair).toBeAllclose(differences.map((d) => 0.9 * sp(3 - d) + 0.1 * sp(d - 3)));
  });

  it('leaves ties out, and divides by all pairs or by those counted', async () => {
    const values = differences.map((d) => sp(-d));
    const all = await evaluate(bt(), rewards, [0, 1, 0]);
    expect(all.perPair).toBeAllclose([values[0], 0, values[2]]);
    expect([all.loss]).toBeAllclose([(values[0] + values[2]) / 3]);
    expect(all.gradChosen[1]).toBeCloseTo(0, 12);
    const counted = await evaluate(bt({ average: 'counted' }), rewards, [0, 1, 0]);
    expect([counted.loss]).toBeAllclose([(values[0] + values[2]) / 2]);
  });

  it('is 0 for a batch of ties only', async () => {
    const result = await evaluate(bt({ average: 'counted' }), rewards, [1, 1, 1]);
    expect(result.loss).toBe(0);
    expect(result.gradChosen).toBeAllclose([0, 0, 0]);
  });
});

describe('bt', () => {
  it.each([-0.1, 0.6, Number.NaN])('refuses the smoothing %s', (smoothing) => {
    expect(() => bt({ smoothing })).toThrow(
      `bt: expected a label smoothing in [0, 0.5], received ${smoothing}`,
    );
  });

  it('tells its settings', () => {
    expect(bt({ margin: 1 }).settings).toEqual({
      name: 'bt',
      margin: 1,
      smoothing: 0,
      smoothedMargin: 'kept',
      average: 'all',
    });
  });
});

it.each([-3, Number.NaN, Number.POSITIVE_INFINITY, '3'])('refuses the margin %j', (margin) => {
  const options = { margin: margin as number };
  for (const loss of [bt, winTie, combined]) expect(() => loss(options)).toThrow(RangeError);
});
