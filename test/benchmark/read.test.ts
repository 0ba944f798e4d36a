import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BenchmarkName, read } from '../../src/benchmark/read.js';

const samples = join('test', 'benchmark', 'samples');
const sample = (name: string) => join(samples, name);

describe('the published layouts', () => {
  it('VideoGen-RewardBench: four dimensions, blank cells left out, the rest named', async () => {
    const bench = await read('videogen-rewardbench', sample('videogen-rewardbench.csv'));
    expect(bench.clips).toHaveLength(24);
    expect(bench.clips[0]).toEqual({
      id: 'videos/alpha/alpha_00000.mp4',
      path: join(samples, 'videos/alpha/alpha_00000.mp4'),
      prompt: 'A red ball rolls down a ramp.',
      generator: 'alpha',
    });
    const of = (dimension: string) => bench.preferences.filter((item) => item.dimension === dimension);
    expect(bench.dimensions.map((dimension) => [dimension, of(dimension).length])).toEqual([
      ['VQ', 16],
      ['MQ', 16],
      ['TA', 15],
      ['Overall', 16],
    ]);
    expect(of('VQ').slice(3, 6)).toEqual([
      {
        dimension: 'VQ',
        first: 'videos/gamma/gamma_00001.mp4',
        second: 'videos/alpha/alpha_00001.mp4',
        preference: 0,
      },
      {
        dimension: 'VQ',
        first: 'videos/alpha/alpha_00002.mp4',
        second: 'videos/beta/beta_00002.mp4',
        preference: 0,
      },
      {
        dimension: 'VQ',
        first: 'videos/gamma/gamma_00002.mp4',
        second: 'videos/alpha/alpha_00002.mp4',
        preference: -1,
      },
    ]);
    expect(bench.notes).toEqual([
      'columns taken: path_A, path_B, prompt, VQ, MQ, TA, Overall, A_model, B_model',
      'other columns: fps_A, num_frames_A, fps_B, num_frames_B',
      'TA: no preference in 1 of 16 rows',
      `files: 0 of 24 clips are there, below ${samples}`,
    ]);
    expect(String(bench)).toContain('VideoGen-RewardBench: 24 clips of 8 prompts');
  });

  it('GenAI-Bench: both kinds of tie are one, a URL names its clip', async () => {
    const bench = await read('genai-bench', sample('genai-bench.jsonl'), { videos: 'clips' });
    expect(bench.preferences.map(({ preference }) => preference)).toEqual([1, -1, 0, 0, 1, -1]);
    expect(bench.clips[1]).toMatchObject({
      path: join('clips', 'datasets/someone/arena-video-mp4/blob/main/dir/0b.mp4'),
      generator: 'beta',
    });
  });

  it('VideoPhy: 0 and 1, by either name of the columns', async () => {
    const bench = await read('videophy', sample('videophy.csv'));
    expect(bench.scale).toEqual({ lowest: 0, highest: 1, high: 1 });
    expect(bench.ratings.filter(({ dimension }) => dimension === 'pc').map(({ rating }) => rating)).toEqual([
      1, 0, 1, 1, 0, 0,
    ]);
    expect(bench.clips.map(({ generator }) => generator).slice(0, 2)).toEqual(['pika', 'lavie']);
    expect(bench.notes[0]).toBe('columns taken: video_url, caption, sa, pc, source');
  });

  it('VideoPhy-2: 1 to 5, blank ones left out', async () => {
    const bench = await read('videophy-2', sample('videophy2.csv'));
    expect(bench.ratings).toHaveLength(15);
    expect(bench.clips[1]).toMatchObject({ generator: 'ray2', prompt: 'Someone throws a ball, number 0.' });
    expect(bench.notes).toContain('pc: no rating in 1 of 8 rows');
  });

  it('VideoFeedback2: three dimensions of clips named without an ending', async () => {
    const bench = await read('videofeedback2', sample('videofeedback2.json'), { videos: 'videos' });
    expect(bench.dimensions).toEqual(['visual quality', 'text alignment', 'physical consistency']);
    expect(bench.clips[0]).toMatchObject({ id: '004100_a', path: join('videos', '004100_a.mp4') });
  });

  it('SoliReward: the chosen clip is the first, equal qualities are a tie', async () => {
    const bench = await read('solireward', sample('solireward.json'));
    expect(bench.preferences[2]).toEqual({ dimension: 'physics', first: 'c0', second: 'c3', preference: 1 });
    expect(bench.preferences.map(({ preference }) => preference)).toEqual([1, 1, 1, 0, 1, 0]);
    expect(bench.clips[0]).toMatchObject({ path: join(samples, 'clips', 'c0.mp4'), promptId: 'p0' });
  });
});

describe('files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'benchmark-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, text = '') => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('of clips are found by the longest end of their names', async () => {
    const inModel = write('pika/A_spoon_stirs_soup.mp4');
    const flat = write('A_shoe_presses_a_sponge.mp4');
    await expect(read('videophy', sample('videophy.csv'), { videos: folder })).rejects.toThrow(
      `are one file, ${flat}; keep the videos in their folders`,
    );
    rmSync(flat);
    // The other model's clip of the same name is not there, and must not be taken for it.
    const bench = await read('videophy', sample('videophy.csv'), { videos: folder });
    expect(bench.clips[0].path).toBe(inModel);
    expect(bench.notes).toContain(`files: 1 of 6 clips are there, below ${folder}`);
  });

  it.each<[string, BenchmarkName, string, string]>([
    [
      'a.csv',
      'videogen-rewardbench',
      'path_A,path_B,prompt\nx,y,z\n',
      'a.csv is not in the layout of VideoGen-RewardBench: expected at least one of the columns VQ, MQ, TA, Overall; the file has path_A, path_B, prompt',
    ],
    [
      'a.csv',
      'videogen-rewardbench',
      'path_A,path_B,prompt,VQ\nx,y,z,C\n',
      'a.csv row 1, column "VQ": expected A, B, same, received "C"',
    ],
    [
      'a.csv',
      'videogen-rewardbench',
      'path_A,path_B,prompt,VQ\nx,,z,A\n',
      'a.csv row 1, column "path_B": expected the name of a clip, received ""',
    ],
    [
      'a.csv',
      'genai-bench',
      'prompt,left_video,right_video\nx,y,z\n',
      'expected at least one of the columns vote_type',
    ],
    [
      'a.csv',
      'videophy',
      'caption,sa\nx,1\n',
      'expected a column video_url or videopath; the file has caption, sa',
    ],
    [
      'a.csv',
      'videophy',
      'video_url,caption,sa\nx,y,2\n',
      'row 1, column "sa": expected a whole number from 0 to 1, received "2"',
    ],
    [
      'a.csv',
      'videophy-2',
      'video_url,caption,pc\nx,y,3.5\n',
      'expected a whole number from 1 to 5, received "3.5"',
    ],
    [
      'a.json',
      'videofeedback2',
      '[{"conversations":[],"videos":["a"]}]',
      'expected a column video_name; the file has conversations, videos',
    ],
    [
      'a.csv',
      'vbench' as BenchmarkName,
      'x\n1\n',
      "there is no benchmark 'vbench'; there are videogen-rewardbench, genai-bench",
    ],
    ['a.csv', 'videophy', '', 'a.csv has no rows'],
  ])('%s as %s, %j: %s', async (file, name, text, message) => {
    const error = await read(name, write(file, text)).catch((reason: Error) => reason);
    expect(String(error)).toContain('benchmark.read: ');
    expect(String(error)).toContain(message);
  });
});
