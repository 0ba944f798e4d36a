import { expect, it } from 'vitest';
import { btWt } from '../../src/loss/btWt.js';
import { describeAllEngines } from '../support/engines.js';
import { evaluate } from '../support/evaluateLoss.js';

await describeAllEngines('btWt', () => {
  it('pulls the rewards of a tie together, and is ln 2 where they are equal', async () => {
    const result = await evaluate(btWt(), { rewards_chosen: [1, 0], rewards_rejected: [-1, 0] }, [1, 1]);
    expect([result.perPair[1]]).toBeAllclose([Math.LN2]);
    expect(result.gradChosen[0]).toBeGreaterThan(0.1);
    expect(result.gradRejected[0]).toBeLessThan(-0.1);
  });
});
