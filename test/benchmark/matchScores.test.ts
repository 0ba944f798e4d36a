import { describe, expect, it } from 'vitest';
import { Benchmark } from '../../src/benchmark/benchmark.js';
import { isSameClip } from '../../src/benchmark/clipNames.js';
import { matchScores } from '../../src/benchmark/matchScores.js';

const benchOf = (...ids: string[]) =>
  new Benchmark({
    name: 'B',
    source: 'b.csv',
    clips: ids.map((id) => ({ id, path: `data/${id}` })),
    notes: [],
  });
const bench = benchOf('videos/kling/k_1.mp4', 'videos/sora/s_1.mp4');
const scoresOf = (name: string, path?: string) => {
  const { metrics } = matchScores(bench, [{ clip: name, path, score: 1 }]);
  return [...metrics.get('score')!.keys()];
};

describe('names of clips', () => {
  it.each([
    'videos/kling/k_1.mp4',
    './videos/kling/k_1.mp4',
    'k_1',
    'k_1.webm',
    'kling/k_1',
    '/data/videos/kling/k_1.mp4',
    'C:\\data\\videos\\kling\\k_1.mp4',
    'https://host/x/videos/kling/k_1.mp4?download=true',
  ])('%s', (name) => {
    expect(scoresOf(name)).toEqual(['videos/kling/k_1.mp4']);
    expect(scoresOf('row 7', name)).toEqual(['videos/kling/k_1.mp4']);
  });

  it('do not fit by parts of folders or files', () => {
    expect(isSameClip('ng/k_1.mp4', 'videos/kling/k_1.mp4')).toBe(false);
    expect(isSameClip('1.mp4', 'videos/kling/k_1.mp4')).toBe(false);
    expect(isSameClip('https://host/a%2Cb.mp4', 'a,b.mp4')).toBe(true);
  });

  it('of which none fits are an error with examples of both sides', () => {
    expect(() => matchScores(bench, [{ clip: 'other.mp4', score: 1 }])).toThrow(
      'no score is of a clip of B: the scores name "other.mp4"; the benchmark has "videos/kling/k_1.mp4", "videos/sora/s_1.mp4"',
    );
    expect(() => matchScores(bench, [])).toThrow('the scores name no clip');
  });

  it('that fit several clips are an error, unless the path tells', () => {
    const same = benchOf('pika/ball.mp4', 'lavie/ball.mp4');
    expect(() => matchScores(same, [{ clip: 'ball', score: 1 }])).toThrow(
      '"ball" of the scores fits several clips: pika/ball.mp4, lavie/ball.mp4; name clips with their folders',
    );
    const { metrics } = matchScores(same, [{ clip: 'ball', path: 'x/lavie/ball.mp4', score: 1 }]);
    expect([...metrics.get('score')!.keys()]).toEqual(['lavie/ball.mp4']);
  });
});

describe('scores', () => {
  it('of other clips are counted, missing ones are none, the same twice is one', () => {
    const { metrics, notes } = matchScores(bench, [
      { clip: 'k_1', score: 1, metric: 'VQ' },
      { clip: 'k_1', score: 1, metric: 'VQ' },
      { clip: 's_1', score: Number.NaN, metric: 'VQ' },
      { clip: 'zz', score: 2, metric: 'VQ' },
    ]);
    expect(Object.fromEntries(metrics.get('VQ')!)).toEqual({ 'videos/kling/k_1.mp4': 1 });
    expect(notes).toEqual(['scores of other clips: 1, such as "zz"']);
  });

  it('that differ, or are infinite, are an error', () => {
    const rows = [
      { clip: 'k_1', score: 1 },
      { clip: 'kling/k_1', score: 2 },
    ];
    expect(() => matchScores(bench, rows)).toThrow('videos/kling/k_1.mp4 has two scores (score): 1 and 2');
    expect(() => matchScores(bench, [{ clip: 'k_1', score: Number.POSITIVE_INFINITY }])).toThrow(
      'row 1 of the scores: expected a finite number',
    );
  });
});
