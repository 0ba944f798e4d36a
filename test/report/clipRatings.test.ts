import { describe, expect, it } from 'vitest';
import { readScoredClips } from '../../src/data/tables/scoredClips.js';
import { ownRatings, readClipRatings } from '../../src/report/clipRatings.js';

const scored = () =>
  readScoredClips('test', [
    { clip: 'a', score: 1 },
    { clip: 'b', score: 2 },
    { clip: 'c', score: 3 },
  ]);
const ratings = async (rows: object[], threshold?: number) =>
  readClipRatings('test', rows, await scored(), threshold);

describe('readClipRatings', () => {
  it('takes means of ratings, and the majority of those from 4 on', async () => {
    const { dimensions, lines, unscored } = await ratings([
      { video: 'a', annotator: 'x', dimension: 'd', rating: '5' },
      { video: 'a', annotator: 'y', dimension: 'd', rating: '4' },
      { video: 'a', annotator: 'z', dimension: 'd', rating: '1' },
      { video: 'b', annotator: 'x', dimension: 'd', rating: '4' },
      { video: 'b', annotator: 'y', dimension: 'd', rating: '2' },
      { video: 'z', annotator: 'y', dimension: 'd', rating: '2' },
    ]);
    expect(dimensions).toHaveLength(1);
    const [{ labels, graded, dispute, ...rest }] = dimensions;
    expect(labels).toEqual([true, false, undefined]);
    expect(Array.from(rest.ratings)).toEqual([10 / 3, 3, Number.NaN]);
    expect(Array.from(dispute.subarray(0, 2))).toBeAllclose([1 / 3, 1 / 2], { rtol: 1e-12 });
    expect(dispute[2]).toBeNaN();
    expect([graded, unscored]).toEqual([true, 1]);
    expect(lines[2]).toBe('a rating of 4 or more is a Pass, a clip passes by more than half of its ratings');
  });

  it('takes the threshold that it is given, and none where ratings are of another scale', async () => {
    const rows = [
      { clip: 'a', rating: 0.2 },
      { clip: 'b', rating: 0.9 },
    ];
    expect((await ratings(rows)).dimensions[0].labels).toEqual([undefined, undefined, undefined]);
    expect((await ratings(rows)).lines[2]).toContain('no labels');
    expect((await ratings(rows, 0.5)).dimensions[0].labels).toEqual([false, true, undefined]);
  });

  it('takes the votes that stand of a vote log', async () => {
    const vote = { event: 'vote', annotator: 'x', dimension: 'd' };
    const { dimensions } = await ratings([
      { ...vote, id: '1', clip: 'a', pass: false },
      { ...vote, id: '2', clip: 'a', pass: true },
      { ...vote, id: '3', clip: 'b', pass: true },
      { event: 'retract', id: '4', clip: 'b', annotator: 'x', dimension: 'd', retracts: '3' },
    ]);
    expect(dimensions[0].labels).toEqual([true, undefined, undefined]);
  });

  it('takes single labels, and blanks for none', async () => {
    const { dimensions } = await ratings([
      { clip: 'a', label: 'Pass' },
      { clip: 'b', label: '' },
      { clip: 'c', label: 'fail' },
    ]);
    expect(dimensions[0]).toMatchObject({
      dimension: 'label',
      labels: [true, undefined, false],
      graded: false,
    });
  });

  it('names what is malformed', async () => {
    await expect(ratings([{ clip: 'a', pass: 'maybe' }])).rejects.toThrow(
      'test: the labels has no column of labels',
    );
    await expect(
      ratings([
        { clip: 'a', rating: 5, pass: true },
        { clip: '', rating: 5, pass: true },
      ]),
    ).rejects.toThrow('row 2, column "clip": expected the name of a clip');
  });
});

describe('ownRatings', () => {
  it('takes ratings for labels from a threshold on', async () => {
    const clips = await readScoredClips('test', [
      { clip: 'a', score: 1, rating: 5 },
      { clip: 'b', score: 2, rating: 3 },
      { clip: 'c', score: 2, rating: null },
    ]);
    const { dimensions, lines } = ownRatings(clips);
    expect(dimensions[0].labels).toEqual([true, false, undefined]);
    expect(lines).toEqual(['a rating of 4 or more is a Pass']);
    expect(ownRatings(clips, 3).dimensions[0].labels).toEqual([true, true, undefined]);
    expect(ownRatings(await scored()).dimensions).toEqual([]);
  });
});
