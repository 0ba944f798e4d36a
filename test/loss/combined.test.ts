import { describe, expect, it } from 'vitest';
import { combined } from '../../src/loss/combined.js';
import { describeAllEngines } from '../support/engines.js';
import { evaluate } from '../support/evaluateLoss.js';

const sp = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const rewards = { rewards_chosen: [1, 0.5, -2], rewards_rejected: [0.2, 0.9, 1] };

await describeAllEngines('combined', () => {
  it.each([
    { bt: 1, btt: 1, bce: 0.5, smoothing: 0.1 },
    { bt: 0.5, btt: 0, bce: 1, bceSmoothing: 0.2 },
  ])('has terms that add up to the loss: %j', async (options) => {
    const { loss, terms, perPair } = await evaluate(combined(options), rewards, [0, 1, 0]);
    expect([terms.bt + terms.btt + terms.bce]).toBeAllclose([loss]);
    expect([perPair.reduce((sum, value) => sum + value) / perPair.length]).toBeAllclose([loss]);
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
