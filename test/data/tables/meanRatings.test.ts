import { describe, expect, it } from 'vitest';
import { readScores } from '../../../src/data/tables/readScores.js';
import { describeShared, shared } from '../../support/shared.js';

const ratings = [
  { video: 'a.mp4', annotator: 'x', dimension: 'motion', rating: 4 },
  { video: 'a.mp4', annotator: 'y', dimension: 'motion', rating: 5 },
  { video: 'a.mp4', annotator: 'x', dimension: 'text', rating: 1 },
  { video: 'b.mp4', annotator: 'x', dimension: 'motion', rating: '' },
  { video: 'b.mp4', annotator: 'y', dimension: 'motion', rating: 2 },
];

describe('meanRatings', () => {
  it('makes scores of the means of a clip, a metric of each dimension', async () => {
    const scores = await readScores(ratings);
    expect(scores.objects()).toEqual([
      { clip: 'a.mp4', metric: 'motion', score: 4.5, path: 'a.mp4' },
      { clip: 'b.mp4', metric: 'motion', score: 2, path: 'b.mp4' },
      { clip: 'a.mp4', metric: 'text', score: 1, path: 'a.mp4' },
    ]);
    expect(scores.read[0]).toBe('scores are mean ratings (rating) of 2 annotators');
  });

  it('names clips by prompt and generator, where that is all there is, and needs no dimension', async () => {
    const rows = [1, 2, 3, 6].map((mos, i) => ({
      prompt_id: i >> 1,
      generator: 'g',
      rater: `r${i % 2}`,
      mos,
    }));
    const scores = await readScores(rows);
    expect(scores.array('clip')).toEqual(['0 / g', '1 / g']);
    expect(scores.array('score')).toEqual([1.5, 4.5]);
    expect(scores.metrics).toEqual([]);
  });

  it('leaves out a clip that nobody has rated, and counts it', async () => {
    const rows = [...ratings, { video: 'c.mp4', annotator: 'x', dimension: 'motion', rating: null }];
    expect((await readScores(rows)).missing.rows).toBe(1);
  });

  it('leaves files of scores as they are, and does what it is told', async () => {
    const scored = [{ clip: 'a', annotator: 'x', score: 1, rating: 3 }];
    expect((await readScores(scored)).objects()).toMatchObject([{ score: 1, rating: 3 }]);
    await expect(readScores(ratings, { score: 'rating' })).rejects.toThrow('clip "a.mp4" has two scores');
  });

  it('names a rating that is not a number', async () => {
    await expect(readScores([...ratings, { ...ratings[0], rating: 'good' }])).rejects.toThrow(
      'readScores: the table row 6, column "rating": expected a finite number, received "good"',
    );
  });
});

describeShared('mean ratings of FETV', () => {
  it.each([
    ['ratings.csv', 300],
    ['ratings_full.csv', 7428],
  ])('%s', async (name, count) => {
    const scores = await readScores(shared('data', 'fetv', name));
    expect([...scores.metrics].sort()).toEqual(['alignment', 'static_quality', 'temporal_quality']);
    expect(scores.numRows()).toBe(count);
  });
});
