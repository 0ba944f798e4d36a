import { expect, it } from 'vitest';
import { metrics } from '../../src/verify/metrics.js';
import { expectAgreement } from '../support/goldenItems.js';

it('metrics of scores and of annotations are those of the official evaluation and of scikit-learn', async () => {
  // Dawid-Skene is compared where it has converged, which it does to within its own limit.
  const names = await expectAgreement(metrics, (name) => (name.includes('Dawid-Skene') ? 1e-5 : 1e-9));
  expect(names.filter((name) => name.includes('Dawid-Skene'))).toHaveLength(2);
});
