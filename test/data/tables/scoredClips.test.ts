import { describe, expect, it } from 'vitest';
import { readScoredClips } from '../../../src/data/tables/scoredClips.js';

const read = (rows: object[]) => readScoredClips('test', rows);

describe('readScoredClips', () => {
  it('gathers the metrics of a clip from the rows of a long table', async () => {
    const clips = await read([
      { clip: 'a', metric: 'm', score: 1, generator: 'g' },
      { clip: 'b', metric: 'm', score: 2, generator: null },
      { clip: 'b', metric: 'n', score: 3, generator: null },
    ]);
    expect(clips.ids).toEqual(['a', 'b']);
    expect(clips.metrics.map(({ name, values }) => [name, ...values])).toEqual([
      ['m', 1, 2],
      ['n', Number.NaN, 3],
    ]);
    expect(clips.groups).toEqual(['g', '(none)']);
    expect(clips.missing).toEqual({ rows: 0, first: 0 });
  });

  it('takes names of video files for paths, and keeps prompts that are missing apart', async () => {
    const clips = await read([
      { video: 'x/a.mp4', score: 1, prompt: 'p' },
      { video: 'x/b.mp4', score: 2, prompt: '' },
    ]);
    expect(clips.paths).toEqual(['x/a.mp4', 'x/b.mp4']);
    expect(clips.prompts).toEqual(['p', 'of x/b.mp4']);
    expect((await read([{ clip: 'a', score: 1 }])).paths).toBeUndefined();
  });

  it('names clips that lack a column of their name, and clips that come twice', async () => {
    await expect(
      read([
        { prompt_id: 0, generator: 'g', score: 1 },
        { prompt_id: 0, generator: 'g', score: 2 },
      ]),
    ).rejects.toThrow('test: the table: clip "0 / g" has two scores, in rows 1 and 2');
    await expect(read([{ clip: null, score: 1 }])).rejects.toThrow('row 1, column "clip"');
    await expect(read([])).rejects.toThrow('test: the table has no rows');
  });
});
