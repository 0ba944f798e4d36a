import { describe, expect, it } from 'vitest';
import { holm } from '../../src/audit/holm.js';

describe('holm', () => {
  it('corrects as statsmodels does', () => {
    // statsmodels 0.15.0: multipletests([0.01, 0.04, 0.03, 0.005, 0.5], method='holm')[1]
    expect(holm([0.01, 0.04, 0.03, 0.005, 0.5])).toBeAllclose([0.04, 0.09, 0.09, 0.025, 0.5]);
  });

  it('leaves one as it is, and is never above 1', () => {
    expect(holm([0.03])).toEqual([0.03]);
    expect(holm([0.6, 0.7])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});
