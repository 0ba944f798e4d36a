import { expect, it } from 'vitest';
import { reduceSequences } from '../../src/model/commonConfig.js';
import { heads } from '../../src/verify/heads.js';
import { describeAllEngines } from '../support/engines.js';
import { expectAgreement } from '../support/goldenItems.js';

await describeAllEngines('heads', () => {
  it('have the official rewards and gradients', async () => {
    // float32 noise of the chain of attentions: engines differ by up to 5e-5 from one another, around the truth.
    const noisy = 'heads progressive_hierarchical_attention: gradients';
    const names = await expectAgreement(heads, (name) => (name === noisy ? 1e-4 : 1e-5));
    expect(names).toHaveLength(3 * reduceSequences.length);
  });
});
