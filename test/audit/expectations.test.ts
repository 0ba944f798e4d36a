import { describe, expect, it } from 'vitest';
import { auditDimensions, checkExpectations, expectations } from '../../src/audit/expectations.js';
import { families } from '../../src/audit/variants.js';

describe('expectations', () => {
  it.each(auditDimensions)(
    'says of %s what each family should do, and drops none that only checks',
    (dimension) => {
      const table = expectations(dimension);
      expect(Object.keys(table)).toEqual([...families]);
      expect(() => checkExpectations(table)).not.toThrow();
      for (const family of ['retest', 'as given', 'injected words', 'paraphrase'] as const)
        expect(table[family]).toBe('stay');
    },
  );

  it('differs by dimension: another prompt must cost alignment, frozen motion physics', () => {
    expect(expectations('alignment')['other prompt']).toBe('drop');
    expect(expectations('physics')['other prompt']).toBe('open');
    expect(expectations('physics').frozen).toBe('drop');
    expect(expectations('physics').brighter).toBe('stay');
  });

  it('is a table of its own each time', () => {
    expectations('physics').blur = 'drop';
    expect(expectations('physics').blur).toBe('open');
  });

  it('refuses a dimension, a family and a word that there are none of', () => {
    expect(() => expectations('beauty' as never)).toThrow('no table for "beauty"; take that of physics');
    const table = expectations('physics');
    expect(() => checkExpectations({ ...table, blurr: 'drop' } as never)).toThrow('no family "blurr"');
    expect(() => checkExpectations({ ...table, blur: 'falls' } as never)).toThrow('received falls');
    expect(() => checkExpectations({ blur: 'drop' } as never)).toThrow('received undefined');
  });
});
