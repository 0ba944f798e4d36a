import { expect, it } from 'vitest';
import { preprocess } from '../../src/verify/preprocess.js';
import { describeAllEngines } from '../support/engines.js';
import { expectAgreement } from '../support/goldenItems.js';
import { describeShared, shared } from '../support/shared.js';

await describeAllEngines('preprocess', () => {
  it('samples, tiles, resizes and normalises as the official code does', async () => {
    const names = await expectAgreement(preprocess, 1e-6);
    for (const item of ['sampling', 'tile grids', 'resize', 'frames by time', 'smart resize']) {
      expect(names).toContain(`preprocess ${item}`);
    }
  });
});

describeShared(
  'preprocess of real clips',
  () => {
    it('has the official tiles, to the bit, and pixels', async () => {
      const names = await expectAgreement(preprocess, 1e-6, shared('golden'));
      expect(names.filter((name) => name.includes('.mp4: resized_uint8'))).not.toHaveLength(0);
    });
  },
  'golden',
);
