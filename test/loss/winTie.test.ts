import { describe, expect, it } from 'vitest';
import { winTie } from '../../src/loss/winTie.js';
import { describeAllEngines } from '../support/engines.js';
import { evaluate } from '../support/evaluateLoss.js';
import { lossCases } from '../support/goldenLosses.js';

// The golden combinations with the official training script's settings.
const official = (params: Record<string, number>) =>
  params.reward_margin === 3 &&
  params.enable_btt_loss === 1 &&
  params.bt_loss_coeff === 1 &&
  params.btt_loss_coeff === 1 &&
  params.bce_loss_coeff === 0 &&
  params.bt_label_smoothing === 0;

await describeAllEngines('winTie', () => {
  describe('golden cases', () => {
    const cases = lossCases('combined').filter(({ params }) => official(params));
    it.each(cases)('$id', async (golden) => {
      const result = await evaluate(winTie(), golden);
      expect([result.loss]).toBeAllclose([golden.loss]);
      expect(result.gradChosen).toBeAllclose(golden.grad_chosen);
      expect(result.gradRejected).toBeAllclose(golden.grad_rejected);
    });
  });
});

it('is the combination with a margin of 3 and no BCE', () => {
  expect(winTie().settings).toMatchObject({ margin: 3, bt: 1, btt: 1, bce: 0, smoothing: 0 });
  expect(winTie({ margin: 1, smoothing: 0.1 }).settings).toMatchObject({ margin: 1, smoothing: 0.1 });
});
