import { expect, it } from 'vitest';
import { losses } from '../../src/verify/losses.js';
import { describeAllEngines } from '../support/engines.js';
import { expectAgreement } from '../support/goldenItems.js';

await describeAllEngines('losses', () => {
  it('have the official values, parts and gradients', async () => {
    const names = await expectAgreement(losses, 1e-6);
    for (const kind of ['bt', 'btt', 'bce', 'combined', 'bt_wt']) {
      expect(
        names.some((name) => name.startsWith(`losses ${kind}-`)),
        kind,
      ).toBe(true);
    }
  });
});
