import { describe, expect, it } from 'vitest';
import { bce } from '../../src/loss/bce.js';
import { describeAllEngines } from '../support/engines.js';
import { evaluate } from '../support/evaluateLoss.js';

const sp = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

await describeAllEngines('bce', () => {
  it('takes the chosen clip, and both of a tie, for Pass where no labels are given', async () => {
    const { perPair } = await evaluate(
      bce(),
      { rewards_chosen: [1, -2], rewards_rejected: [0.5, 3] },
      [0, 1],
    );
    expect(perPair).toBeAllclose([(sp(-1) + sp(0.5)) / 2, (sp(2) + sp(-3)) / 2]);
  });
});

describe('bce', () => {
  it('refuses a smoothing outside [0, 0.5]', () => {
    expect(() => bce({ smoothing: 1 })).toThrow('bce: expected a label smoothing in [0, 0.5], received 1');
  });
});
