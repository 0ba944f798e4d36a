import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { agreement } from '../../../src/data/votes/agreement.js';
import { fetv } from '../../../src/data/votes/fetv.js';
import { describeShared, shared } from '../../support/shared.js';

describeShared('fetv on the real ratings', () => {
  it('reads every vote and clip', async () => {
    const { votes, clips } = await fetv(shared('data', 'fetv'));
    expect(votes.numRows()).toBe(900);
    expect(votes.columnNames()).toEqual(
      'clip,annotator,dimension,pass,rating,path,prompt,promptId,generator'.split(','),
    );
    expect(clips.length).toBe(100);
    expect(clips.every(({ path }) => path.startsWith('/') && existsSync(path))).toBe(true);
    expect(clips[0]).toMatchObject({
      id: 'clips/cogvideo_001.mp4',
      prompt: 'a horse race is happening',
      promptId: '1',
      generator: 'cogvideo',
    });
    for (const { rating, pass } of votes.objects() as { rating: number; pass: boolean }[]) {
      expect(pass).toBe(rating >= 4);
    }
    const measured = agreement(votes, { dimension: 'alignment', samples: 10 });
    expect(measured.get('annotators', 0)).toBe(3);
    expect(measured.get('clips', 0)).toBe(100);
  });
});

describe('fetv', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fetv-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const videos = 'video,prompt_id,prompt,generator\nclips/a.mp4,1,a cat,g\n';
  const ratings = 'video,annotator,dimension,rating\nclips/a.mp4,h,alignment,3\n';

  async function write(files: { videos?: string; ratings?: string }) {
    await writeFile(join(folder, 'videos.csv'), files.videos ?? videos);
    await writeFile(join(folder, 'ratings.csv'), files.ratings ?? ratings);
  }

  it('passes ratings from the threshold on', async () => {
    await write({});
    const fields = { path: join(folder, 'clips/a.mp4'), prompt: 'a cat', promptId: '1', generator: 'g' };
    const { votes, clips } = await fetv(folder, { threshold: 3 });
    expect(clips).toEqual([{ id: 'clips/a.mp4', ...fields }]);
    expect(votes.objects()).toEqual([
      { clip: 'clips/a.mp4', annotator: 'h', dimension: 'alignment', pass: true, rating: 3, ...fields },
    ]);
    expect((await fetv(folder)).votes.array('pass')).toEqual([false]);
    await expect(fetv(folder, { threshold: Number.NaN })).rejects.toThrow(
      'fetv: threshold must be a finite number',
    );
  });

  it('gives the votes on clips whose files are missing', async () => {
    await write({});
    const { votes, clips } = await fetv(folder);
    expect(existsSync(clips[0].path)).toBe(false);
    expect(votes.numRows()).toBe(1);
  });

  it('says what the folder must contain and where the data set is', async () => {
    await expect(fetv(join(folder, 'none'))).rejects.toThrow(
      /none has no ratings.csv; the folder must contain ratings.csv .* arXiv 2311.01813, github.com\/llyx97\/FETV/,
    );
    await writeFile(join(folder, 'ratings.csv'), ratings);
    await expect(fetv(folder)).rejects.toThrow(/has no videos.csv/);
  });

  it.each([
    [
      'unlisted video',
      { ratings: `${ratings}clips/b.mp4,h,alignment,3\n` },
      'ratings.csv row 2, column "video": expected a video of videos.csv, received "clips/b.mp4"',
    ],
    [
      'no rating',
      { ratings: 'video,annotator,dimension,rating\nclips/a.mp4,h,alignment,\n' },
      'ratings.csv row 1, column "rating"',
    ],
    [
      'rated column missing',
      { ratings: 'video,annotator,rating\nclips/a.mp4,h,3\n' },
      'no column "dimension"',
    ],
    [
      'video twice',
      { videos: `${videos}clips/a.mp4,2,a dog,g\n` },
      'videos.csv row 2, column "video": expected every video once',
    ],
    [
      'prompt missing',
      { videos: 'video,prompt_id,prompt,generator\nclips/a.mp4,1,,g\n' },
      'videos.csv row 1, column "prompt": expected text',
    ],
    [
      'videos column missing',
      { videos: 'video,prompt,generator\nclips/a.mp4,a cat,g\n' },
      'videos.csv has no column "promptId"',
    ],
  ])('refuses: %s', async (_, files, message) => {
    await write(files);
    await expect(fetv(folder)).rejects.toThrow(message);
  });
});
