import { expect, it } from 'vitest';
import { combined } from '../../src/loss/combined.js';
import { winTie } from '../../src/loss/winTie.js';
import { describeAllEngines } from '../support/engines.js';
import { evaluate } from '../support/evaluateLoss.js';

await describeAllEngines('winTie', () => {
  it("is the combination with the official training script's settings", async () => {
    const rewards = { rewards_chosen: [1, 0.5, -2], rewards_rejected: [0.2, 0.9, 1] };
    const official = combined({ margin: 3, bt: 1, btt: 1, bce: 0, smoothing: 0 });
    const [found, expected] = [
      await evaluate(winTie(), rewards, [0, 1, 0]),
      await evaluate(official, rewards, [0, 1, 0]),
    ];
    expect([found.loss]).toBeAllclose([expected.loss]);
    expect(found.gradChosen).toBeAllclose(expected.gradChosen);
    expect(found.gradRejected).toBeAllclose(expected.gradRejected);
  });
});

it('takes another margin and smoothing', () => {
  expect(winTie().settings).toMatchObject({ margin: 3, bt: 1, btt: 1, bce: 0, smoothing: 0 });
  expect(winTie({ margin: 1, smoothing: 0.1 }).settings).toMatchObject({ margin: 1, smoothing: 0.1 });
});
