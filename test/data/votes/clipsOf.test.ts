import { from } from 'arquero';
import { describe, expect, it } from 'vitest';
import { clipsOf } from '../../../src/data/votes/clipsOf.js';

const labels = from([
  { clip: 'a', dimension: 'physics', pass: true, confidence: 0.8, path: '/a.mp4', promptId: 7 },
  { clip: 'a', dimension: 'alignment', pass: false, confidence: 1, path: '/a.mp4', promptId: 7 },
  { clip: 'b.mp4', dimension: 'physics', pass: false, confidence: 0.6, path: null, promptId: null },
]);

describe('clipsOf', () => {
  it('gives the clips of a dimension with their labels', () => {
    expect(clipsOf(labels, 'physics')).toEqual([
      { clip: { id: 'a', path: '/a.mp4', promptId: '7' }, pass: true, confidence: 0.8 },
      { clip: { id: 'b.mp4', path: 'b.mp4' }, pass: false, confidence: 0.6 },
    ]);
  });

  it('leaves out filtered rows', () => {
    const passing = labels.filter((row: { pass: boolean }) => row.pass);
    expect(clipsOf(passing, 'physics').map(({ clip }) => clip.id)).toEqual(['a']);
  });

  it('refuses a dimension that is not there, and lists those that are', () => {
    expect(() => clipsOf(labels, 'deformity')).toThrow(
      'no label is of the dimension "deformity"; the table has physics, alignment',
    );
  });

  it('refuses an empty table, a missing column and a malformed value', () => {
    expect(() => clipsOf(labels.slice(0, 0), 'physics')).toThrow('clipsOf: the table has no rows');
    expect(() => clipsOf(from([{ clip: 'a', dimension: 'd', pass: true }]), 'd')).toThrow(
      'no column "confidence"',
    );
    const odd = from([{ clip: 'a', dimension: 'd', pass: true, confidence: Number.NaN }]);
    expect(() => clipsOf(odd, 'd')).toThrow(
      'row 1, column "confidence": expected a finite number, received NaN',
    );
  });
});
