import { table } from 'arquero';
import { describe, expect, it } from 'vitest';
import { readScores } from '../../../src/data/tables/readScores.js';
import { type ScoreRow, Scores } from '../../../src/data/tables/scores.js';

const scoresOf = (rows: readonly ScoreRow[]) => readScores(rows);
const clips = (rows: readonly { clip: string }[]) => rows.map(({ clip }) => clip);
const labelled = [
  { clip: 'a', score: 5, pass: false },
  { clip: 'b', score: 4, pass: true },
  { clip: 'c', score: 3, pass: true },
  { clip: 'd', score: 3, pass: false },
  { clip: 'e', score: 1, pass: true },
  { clip: 'f', score: 0, pass: false },
];

describe('scores', () => {
  it('have the best and the worst, of equal ones the earlier', async () => {
    const scores = await scoresOf(labelled);
    expect(scores.best()).toEqual(labelled[0]);
    expect(scores.worst().clip).toBe('f');
    expect(clips(scores.best(4))).toEqual(['a', 'b', 'c', 'd']);
    expect(clips(scores.worst(4))).toEqual(['f', 'e', 'c', 'd']);
    expect(scores.best(100)).toHaveLength(6);
  });

  it('have mistakes: what is on the wrong side of most clips of the other label', async () => {
    const scores = await scoresOf([...labelled, { clip: 'g', score: 9 }]);
    const found = scores.mistakes();
    expect(clips(found)).toEqual(['a', 'e', 'c', 'd', 'b']);
    for (const [i, wrong] of [1, 2 / 3, 1 / 2, 1 / 2, 1 / 3].entries())
      expect(found[i].wrong).toBeCloseTo(wrong, 12);
    expect(found[0]).toMatchObject({ pass: false, note: 'above 100% of the clips that pass' });
    expect(found[1].note).toBe('below 67% of the clips that fail');
    expect(scores.mistakes(1)).toHaveLength(1);
  });

  it('are disputed where another score places a clip otherwise, whatever its unit', async () => {
    const mine = await scoresOf([1, 2, 3, 4].map((score, i) => ({ clip: `c${i}`, score })));
    const theirs = await scoresOf([
      { clip: 'c3', score: -900, note: 'seen' },
      { clip: 'c0', score: -600 },
      { clip: 'c1', score: -700 },
      { clip: 'c2', score: -650 },
      { clip: 'x', score: 0 },
    ]);
    const [first, second] = mine.disputed(theirs);
    expect(first).toEqual({
      clip: 'c0',
      score: 1,
      other: -600,
      gap: -0.75,
      note: 'above 13% of the clips here, 88% there',
    });
    expect(second).toMatchObject({ clip: 'c3', gap: 0.75 });
    expect(theirs.disputed(mine, 1)[0]).toMatchObject({
      clip: 'c3',
      gap: -0.75,
      note: expect.stringMatching(/^seen; above 13%/),
    });
    expect(mine.disputed(mine)).toEqual([]);
  });

  it('stay scores under the verbs of arquero', async () => {
    const scores = await scoresOf(labelled);
    const passing = scores.filter((row: ScoreRow) => row.pass);
    expect(clips(passing.best(2))).toEqual(['b', 'c']);
    expect(passing.array('score')).toEqual([4, 3, 1]);
    expect(scores.derive({ score: (row: ScoreRow) => -row.score }).best().clip).toBe('f');
  });

  it('take what else is known of their clips', async () => {
    const scores = await scoresOf(labelled);
    const truth = [
      { clip: 'a', pass: true, fault: 'jumps' },
      { clip: 'x', pass: true, fault: 'melts' },
    ];
    const known = scores.with(truth);
    const faults: string[] = known.array('fault');
    expect(faults.slice(0, 2)).toEqual(['jumps', undefined]);
    expect(known.best()).toEqual({ clip: 'a', score: 5, pass: true, fault: 'jumps' });
    expect(known.objects()[1].pass).toBeUndefined();
    expect(scores.with(known).numRows()).toBe(6);
    expect(() => scores.with([...truth, truth[0]])).toThrow('scores.with: clip "a" has two rows');
    expect(() => scores.with([truth[1]])).toThrow(
      'scores.with: nothing is of a scored clip: the scores name "a", the rows "x"',
    );
  });

  it('leave out rows whose score a verb has made missing', () => {
    const made = table({ clip: ['a', 'b', 'c'], score: [Number.NaN, 1, null] });
    expect(clips(new Scores(made.data(), made.columnNames()).best(3))).toEqual(['b']);
  });

  it('refuse what cannot be ranked', async () => {
    const scores = await scoresOf(labelled);
    const long = await scoresOf([
      { clip: 'a', metric: 'm', score: 1 },
      { clip: 'a', metric: 'n', score: 2 },
    ]);
    expect(() => long.best()).toThrow(
      'scores.best: the table holds the metrics m, n; take one, such as scores.of("m")',
    );
    expect(() => long.of('x')).toThrow(
      'scores.of: no row is of the metric "x"; the table has the metrics m, n',
    );
    expect(() => scores.of('x')).toThrow('the table has one metric only');
    for (const count of [0, -1, 1.5, Number.NaN])
      expect(() => scores.worst(count)).toThrow(
        `scores.worst: expected a positive whole number of clips, received ${count}`,
      );
    expect(() => scores.select('clip').best()).toThrow(
      'scores.best: the table has no column "score"; it has clip',
    );
    expect(() => scores.filter(() => false).best()).toThrow('the table has no row with a score');
    expect(() => scores.derive({ score: () => 1 / 0 }).best()).toThrow(
      'clip "a": expected a finite score, received Infinity',
    );
  });

  it('refuse mistakes without labels of both kinds', async () => {
    const unlabelled = await scoresOf([{ clip: 'a', score: 1 }]);
    expect(() => unlabelled.mistakes()).toThrow(
      'scores.mistakes: the table has no column "pass"; say which column',
    );
    const passing = (await scoresOf(labelled)).filter((row: ScoreRow) => row.pass);
    expect(() => passing.mistakes()).toThrow(
      'expected clips that pass and clips that fail, received 3 and 0',
    );
  });

  it('refuse a dispute about other clips, or about a clip with two scores', async () => {
    const scores = await scoresOf(labelled);
    const others = await scoresOf([{ clip: 'x', score: 1 }]);
    expect(() => scores.disputed(others)).toThrow('share no clip: one names "a", the other "x"');
    const twice = scores.concat(scores);
    expect(() => twice.disputed(scores)).toThrow('clip "a" has two rows');
  });
});
