import { describe, expect, it } from 'vitest';
import { columnsOf } from '../../../src/data/tables/columnFile.js';
import { describeRoles, type GivenRoles, guessRoles } from '../../../src/data/tables/columnRoles.js';

const guess = (rows: object[], given: GivenRoles = {}) => guessRoles(columnsOf(rows), given, 'test: s.csv');

describe('guessRoles', () => {
  it('knows the columns of our own scores', () => {
    const row = {
      clip: 'a',
      score: '1',
      path: 'a.mp4',
      prompt: 'x y',
      promptId: '1',
      generator: 'g',
      pass: 'true',
      confidence: 1,
      votes: 3,
    };
    expect(guess([row])).toEqual({
      id: ['clip'],
      score: ['score'],
      label: 'pass',
      by: 'generator',
      prompt: 'prompt',
      path: 'path',
      shortcuts: [],
    });
  });

  it('names clips by prompt and generator in a long file of several metrics', () => {
    const roles = guess([{ prompt_id: '0', generator: 'g', metric: 'CLIPScore', score: '0.3' }]);
    expect(roles).toMatchObject({ id: ['prompt_id', 'generator'], metric: 'metric', score: ['score'] });
    expect(describeRoles(roles)).toEqual([
      'clip: prompt_id + generator',
      'score: score (a metric for each value of metric)',
      'group: generator',
      'prompt: prompt_id',
    ]);
  });

  it('takes every number of a wide file for a metric, but not counters, ratings and shortcuts', () => {
    const row = {
      'Video ID': 'a',
      CLIPScore: 1,
      aesthetics: 2,
      motion_smoothness: 3,
      MOS: 3.7,
      fps: 8,
      seed: 4,
      index: 0,
      comment: 'x',
    };
    expect(guess([row, { ...row, MOS: 2 }])).toEqual({
      id: ['Video ID'],
      score: ['CLIPScore', 'aesthetics', 'motion_smoothness'],
      rating: 'MOS',
      shortcuts: ['fps'],
    });
  });

  it('takes rewards beside a column called score, and a numeric label for a rating', () => {
    const row = { id: 1, score: 1, my_reward: 2, loss: 3, label: 4 };
    expect(guess([row, { ...row, label: 5 }])).toEqual({
      id: ['id'],
      score: ['score', 'my_reward'],
      rating: 'label',
      shortcuts: [],
    });
  });

  it('does as it is told', () => {
    const row = { clip: 'a', score: 1, rank: 2, tag: 'x', who: 'y' };
    expect(guess([row], { id: ['who', 'tag'], score: ['rank'], by: 'clip' })).toEqual({
      id: ['who', 'tag'],
      score: ['rank'],
      by: 'clip',
      shortcuts: [],
    });
  });

  it('has the row for a name where nothing names a clip', () => {
    expect(guess([{ score: 1 }])).toEqual({ id: [], score: ['score'], shortcuts: [] });
    expect(describeRoles(guess([{ score: 1 }]))[0]).toBe('clip: the number of the row');
  });

  it('takes blanks among numbers for numbers, and keeps text in a column called score', () => {
    expect(
      guess([
        { clip: 'a', quality: '' },
        { clip: 'b', quality: '2' },
      ]).score,
    ).toEqual(['quality']);
    expect(guess([{ clip: 'a', score: 'good' }]).score).toEqual(['score']);
  });

  it('refuses what it cannot use', () => {
    expect(() => guess([{ clip: 'a', note: 'b' }])).toThrow(
      'test: s.csv has no column of scores; it has clip, note; say which one holds the scores',
    );
    expect(() => guess([{ clip: 'a', score: 1 }], { score: ['x'] })).toThrow(
      'test: s.csv has no column "x" (given as score); it has clip, score',
    );
    expect(() => guess([{ clip: 'a', metric: 'm', left: 1, right: 2 }])).toThrow(
      'must be one column of scores',
    );
  });
});
