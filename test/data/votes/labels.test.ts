import { table } from 'arquero';
import { describe, expect, it } from 'vitest';
import { withDimensions } from '../../../src/data/votes/labels.js';

describe('labels.of', () => {
  const labels = table({
    clip: ['a', 'a', 'b', 'c'],
    dimension: ['physics', 'alignment', 'physics', 'physics'],
    pass: [true, false, false, true],
  });

  it('gives the rows of one dimension, with all columns and in their order', () => {
    const physics = withDimensions(labels).of('physics');
    expect(physics.objects()).toEqual([
      { clip: 'a', dimension: 'physics', pass: true },
      { clip: 'b', dimension: 'physics', pass: false },
      { clip: 'c', dimension: 'physics', pass: true },
    ]);
    expect(physics.of('physics').numRows()).toBe(3);
  });

  it('sees only the rows that a filter has left', () => {
    const some = withDimensions(labels.filter((row: { clip: string }) => row.clip !== 'a'));
    expect(some.of('physics').array('clip')).toEqual(['b', 'c']);
    expect(() => some.of('alignment')).toThrow(
      'labels.of: no label is of the dimension "alignment"; the table has physics',
    );
  });
});
