import { describe, expect, it } from 'vitest';
import { bce } from '../../src/loss/bce.js';
import { describeAllEngines } from '../support/engines.js';
import { evaluate } from '../support/evaluateLoss.js';
import { lossCases } from '../support/goldenLosses.js';

const sp = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

await describeAllEngines('bce', () => {
  describe('golden cases', () => {
    it.each(lossCases('bce'))('$id', async (golden) => {
      const result = await evaluate(bce({ smoothing: golden.params.label_smoothing }), golden);
      expect([result.loss]).toBeAllclose([golden.loss]);
      expect(result.gradChosen).toBeAllclose(golden.grad_chosen);
      expect(result.gradRejected).toBeAllclose(golden.grad_rejected);
    });
  });

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
