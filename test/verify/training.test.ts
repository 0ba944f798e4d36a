import { expect, it } from 'vitest';
import { training } from '../../src/verify/training.js';
import { describeEngines } from '../support/engines.js';
import { expectAgreement } from '../support/goldenItems.js';

await describeEngines('training', () => {
  it('has the official learning rates, losses, norms, rewards and parameters', async () => {
    const names = await expectAgreement(training, 1e-4);
    expect(names.filter((name) => name.includes(': losses'))).toHaveLength(3);
    expect(names.some((name) => name.includes('parameters after them'))).toBe(true);
  }, 600_000);
});
