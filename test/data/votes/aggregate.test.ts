import { readFileSync } from 'node:fs';
import { from } from 'arquero';
import { describe, expect, it } from 'vitest';
import { type AggregationMethod, aggregate } from '../../../src/data/votes/aggregate.js';
import { dawidSkene } from '../../../src/data/votes/dawidSkene.js';
import { votesTable } from '../../../src/data/votes/votes.js';
import { goldenPath } from '../../support/goldenFolder.js';
import { type GoldenTable, matrixOf, votesOfMatrix } from '../../support/goldenTables.js';

interface LabelRow {
  clip: string;
  pass: boolean;
  confidence: number;
}

describe('majority of the golden tables', () => {
  const golden = JSON.parse(readFileSync(goldenPath('metrics.json'), 'utf8'));

  it.each(golden.annotation_tables as GoldenTable[])('table $id', ({ table, expected }) => {
    const labels = aggregate(votesOfMatrix(matrixOf(table)), { method: 'majority' }).objects() as LabelRow[];
    const byClip = new Map(labels.map((label) => [label.clip, label]));
    expected.majority.forEach((majority, i) => {
      const label = byClip.get(`c${i}`);
      expect(label?.pass).toBe(majority === 1);
      expect(label?.confidence === 0.5).toBe(majority === 'tie');
    });
  });
});

describe('aggregate', () => {
  const votes = votesTable([
    ...['x', 'y', 'z'].map((annotator, i) => ({
      clip: 'a',
      annotator,
      dimension: 'd',
      pass: i > 0,
      path: 'a.mp4',
    })),
    ...['x', 'y'].map((annotator, i) => ({ clip: 'b', annotator, dimension: 'd', pass: i > 0 })),
    ...['x', 'y'].map((annotator) => ({ clip: 'c', annotator, dimension: 'd', pass: false })),
  ]);

  it('takes the majority, and fails a tie', () => {
    const labels = aggregate(votes, { method: 'majority' });
    expect(labels.columnNames()).toEqual(['clip', 'dimension', 'pass', 'confidence', 'votes', 'path']);
    expect(labels.objects()).toEqual([
      { clip: 'a', dimension: 'd', pass: true, confidence: 2 / 3, votes: 3, path: 'a.mp4' },
      { clip: 'b', dimension: 'd', pass: false, confidence: 0.5, votes: 2 },
      { clip: 'c', dimension: 'd', pass: false, confidence: 1, votes: 2 },
    ]);
  });

  it('keeps the clips of unanimous votes alone', () => {
    expect(aggregate(votes, { method: 'unanimous' }).objects()).toEqual([
      { clip: 'c', dimension: 'd', pass: false, confidence: 1, votes: 2 },
    ]);
  });

  it('gives the labels of dawidSkene', () => {
    const labels = aggregate(votes, { method: 'dawid-skene' });
    expect(labels.objects()).toEqual(dawidSkene(votes).labels.objects());
  });

  it('refuses no unanimous clip, an unknown method and a wrong table', () => {
    expect(() => aggregate(votesOfMatrix([[true, false]]), { method: 'unanimous' })).toThrow(
      'no clip has unanimous votes',
    );
    expect(() => aggregate(votes, { method: 'mean' as AggregationMethod })).toThrow(/received "mean"/);
    expect(() => aggregate(from([{ clip: 'a' }]), { method: 'majority' })).toThrow(
      'aggregate: the table has no column "annotator"',
    );
  });
});
