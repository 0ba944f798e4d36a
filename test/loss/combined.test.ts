import { describe, expect, it } from 'vitest';
import { combined } from '../../src/loss/combined.js';
import { describeAllEngines } from '../support/engines.js';
import { evaluate } from '../support/evaluateLoss.js';
import { type LossCase, lossCases } from '../support/goldenLosses.js';

const options = ({ params }: LossCase) => ({
  margin: params.reward_margin,
  bt: params.bt_loss_coeff,
  btt: params.enable_btt_loss ? params.btt_loss_coeff : 0,
  bce: params.bce_loss_coeff,
  smoothing: params.bt_label_smoothing,
  bceSmoothing: params.bce_label_smoothing,
});
const sp = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const rewards = { rewards_chosen: [1, 0.5, -2], rewards_rejected: [0.2, 0.9, 1] };

await describeAllEngines('combined', () => {
  describe('golden cases', () => {
    it.each(lossCases('combined'))('$id', async (golden) => {
      const result = await evaluate(combined({ ...options(golden), terms: 'official' }), golden);
      expect([result.loss]).toBeAllclose([golden.loss]);
      expect(result.gradChosen).toBeAllclose(golden.grad_chosen);
      expect(result.gradRejected).toBeAllclose(golden.grad_rejected);
      const { bt_loss, btt_loss, bce_loss } = golden.logged!;
      expect([result.terms.bt, result.terms.btt, result.terms.bce]).toBeAllclose([
        bt_loss,
        btt_loss,
        bce_loss,
      ]);
    });

    it.each(lossCases('combined'))('$id: the terms add up to the loss', async (golden) => {
      const { loss, terms, perPair } = await evaluate(combined(options(golden)), golden);
      expect([terms.bt + terms.btt + terms.bce]).toBeAllclose([loss]);
      expect([perPair.reduce((sum, value) => sum + value) / perPair.length]).toBeAllclose([loss]);
    });
  });

  it('averages each term over its own pairs when asked to', async () => {
    const { loss } = await evaluate(combined({ margin: 1, average: 'counted' }), rewards, [0, 1, 0]);
    const bt = (sp(1 - 0.8) + sp(1 + 3)) / 2;
    const btt = sp(1 + 0.4) + sp(1 - 0.4);
    expect([loss]).toBeAllclose([bt + btt]);
  });
});

describe('combined', () => {
  it('refuses a smoothing outside [0, 0.5]', () => {
    expect(() => combined({ bceSmoothing: 2 })).toThrow('combined: expected a label smoothing');
    expect(() => combined({ smoothing: -1 })).toThrow('received -1');
  });
});
