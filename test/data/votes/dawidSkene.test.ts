import { from } from 'arquero';
import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { dawidSkene } from '../../../src/data/votes/dawidSkene.js';
import { votesTable } from '../../../src/data/votes/votes.js';
import { votesOfMatrix } from '../../support/goldenTables.js';

describe('dawidSkene', () => {
  it('recovers simulated error rates and beats the majority', () => {
    const random = new Random(2);
    const rates = [0.05, 0.05, 0.4, 0.4, 0.4];
    const truth = Array.from({ length: 2000 }, () => random.chance(0.6));
    const matrix = truth.map((pass) => rates.map((rate) => random.chance(rate) !== pass));
    const { labels, annotators } = dawidSkene(votesOfMatrix(matrix));
    const found = annotators.objects() as { falsePass: number; falseFail: number }[];
    found.forEach(({ falsePass, falseFail }, j) => {
      expect([falsePass, falseFail]).toBeAllclose([rates[j], rates[j]], { rtol: 0, atol: 0.05 });
    });
    const wrong = (passes: boolean[]) => passes.filter((pass, i) => pass !== truth[i]).length;
    const estimated = (labels.objects() as { pass: boolean }[]).map(({ pass }) => pass);
    const majority = matrix.map((item) => item.filter((vote) => vote).length > 2);
    expect(wrong(estimated)).toBeLessThan(wrong(majority) / 2);
  });

  it('estimates each dimension by itself, keeps the clip columns and gives the winning side as confidence', () => {
    const votes = votesTable(
      ['physics', 'alignment'].flatMap((dimension) =>
        ['x', 'y', 'z'].flatMap((annotator) =>
          ['a', 'b'].map((clip) => ({
            clip,
            annotator,
            dimension,
            pass: (clip === 'a') === (dimension === 'physics'),
            promptId: clip,
          })),
        ),
      ),
    );
    const { labels, annotators } = dawidSkene(votes);
    const label = { confidence: 1, votes: 3 };
    expect(labels.objects()).toEqual([
      { clip: 'a', dimension: 'physics', pass: true, promptId: 'a', ...label },
      { clip: 'b', dimension: 'physics', pass: false, promptId: 'b', ...label },
      { clip: 'a', dimension: 'alignment', pass: false, promptId: 'a', ...label },
      { clip: 'b', dimension: 'alignment', pass: true, promptId: 'b', ...label },
    ]);
    expect(annotators.columnNames()).toEqual(['annotator', 'dimension', 'falsePass', 'falseFail']);
    expect(annotators.numRows()).toBe(6);
  });

  it('does not know the false passes of annotators who saw no failing clip', () => {
    const { labels, annotators } = dawidSkene(
      votesOfMatrix([
        [true, true, null],
        [true, null, true],
      ]),
    );
    expect(labels.array('pass')).toEqual([true, true]);
    expect(labels.array('confidence')).toEqual([1, 1]);
    expect(annotators.array('falsePass')).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(annotators.array('falseFail')).toEqual([0, 0, 0]);
  });

  it('refuses what is not a votes table', () => {
    expect(() => dawidSkene(from([{ clip: 'a' }]))).toThrow(
      'dawidSkene: the table has no column "annotator"',
    );
  });
});
