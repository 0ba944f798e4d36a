import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Displayable, jupyterDisplay, type MimeBundle, mime } from '../../src/base/host.js';
import { readScores } from '../../src/data/tables/readScores.js';
import { runFfmpeg } from '../../src/data/video/ffmpeg.js';
import { type GalleryClips, gallery } from '../../src/notebook/gallery.js';
import { clipTarget, type GalleryData } from '../../src/notebook/messages.js';
import { insideNotebook } from '../support/fakeHost.js';

let folder: string;
let path: string;
const evil = `"><script>alert(1)</script><img src=x onerror='alert(1)'>`;
const bundleOf = async (shown: Displayable): Promise<MimeBundle> => shown[jupyterDisplay]();
const dataOf = async (shown: Displayable) => (await bundleOf(shown))[mime.gallery] as GalleryData;
const ids = ({ clips }: GalleryData) => clips.map(({ id }) => id);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'solireward-gallery-'));
  path = join(folder, 'clip.mp4');
  const source = ['-f', 'lavfi', '-i', 'testsrc=size=128x96:rate=8:duration=1'];
  await runFfmpeg([...source, '-c:v', 'libx264', '-pix_fmt', 'yuv420p', path]);
});
afterAll(() => rmSync(folder, { recursive: true }));

const rows = () =>
  ['a', 'b', 'c', 'd'].map((clip, i) => ({
    clip,
    path,
    score: [2, -1, 3, 0][i],
    pass: i % 2 === 0,
    generator: i < 3 ? 'g' : 'h',
  }));

describe('gallery', () => {
  const notebook = insideNotebook();

  it('takes a table of scores, the highest first, with groups, labels and pictures', async () => {
    const data = await dataOf(gallery(await readScores(rows())));
    expect(ids(data)).toEqual(['c', 'a', 'd', 'b']);
    expect(data).toMatchObject({ by: 'group', total: 4 });
    expect(data.clips[2]).toMatchObject({ score: 0, label: false, group: 'h', generator: 'h' });
    expect(data.clips[0].poster).toMatch(/^data:image\/jpeg;base64,\/9j\//);
    expect(new Set(data.clips.map(({ key }) => key)).size).toBe(4);
  });

  it('keeps a list as it is given, unless it is told otherwise', async () => {
    expect(ids(await dataOf(gallery(rows())))).toEqual(['a', 'b', 'c', 'd']);
    expect(ids(await dataOf(gallery(rows(), { sort: 'lowest' })))).toEqual(['b', 'd', 'a', 'c']);
    const some = [...rows(), { clip: 'e', path }, { clip: 'f', path, score: Number.NaN }];
    expect(ids(await dataOf(gallery(some, { sort: 'highest' })))).toEqual(['c', 'a', 'd', 'b', 'e', 'f']);
    const { by, clips } = await dataOf(gallery(rows(), { by: 'pass' }));
    expect([by, ...clips.map(({ group }) => group)]).toEqual(['pass', 'Pass', 'Fail', 'Pass', 'Fail']);
  });

  it('takes what scores give', async () => {
    const scores = await readScores(rows());
    expect(ids(await dataOf(gallery(scores.best(2))))).toEqual(['c', 'a']);
    const wrong = await readScores([...rows(), { clip: 'e', path, score: 9, pass: false }]);
    const { clips } = await dataOf(gallery(wrong.mistakes(1)));
    expect(clips).toMatchObject([{ id: 'e', label: false, note: 'above 100% of the clips that pass' }]);
    expect(await bundleOf(gallery(scores.mistakes()))).toMatchObject({ [mime.text]: 'no clips' });
  });

  it('reads no clip before it is opened, and then says how long it is', async () => {
    const { clips } = await dataOf(gallery([{ path }]));
    expect(clips[0].video).toBeUndefined();
    const comm = notebook.connect(clipTarget, { key: clips[0].key, about: true });
    await expect.poll(() => comm.received).toMatchObject([{ video: { frames: 8, fps: 8, width: 128 } }]);
    expect(comm.closed).toBe(true);
  });

  it('has the length of a clip with attention at once, and refuses one that does not fit', async () => {
    const attention = { frames: [0.5, 0.5], at: [0, 7] };
    const { clips } = await dataOf(gallery([{ path, attention }]));
    expect(clips[0]).toMatchObject({ attention, video: { frames: 8 } });
    await expect(dataOf(gallery([{ path, attention: { frames: [1], at: [8] } }]))).rejects.toThrow(
      'attention of "clip.mp4": expected ascending indices of 8 frames, received 8',
    );
  });

  it('takes the attention to all of its clips, in their order', async () => {
    const attention = [1, 2, 3, 4].map((weight) => ({ frames: [weight] }));
    const { clips } = await dataOf(gallery(rows(), { sort: 'highest', attention }));
    expect(clips.map(({ id, attention }) => [id, attention?.frames[0]])).toEqual([
      ['c', 3],
      ['a', 1],
      ['d', 4],
      ['b', 2],
    ]);
    await expect(dataOf(gallery(rows(), { attention: attention.slice(1) }))).rejects.toThrow(
      'gallery: expected the attention to each of 4 clips, received that to 3',
    );
  });

  it('shows the others where one has no path or cannot be read', async () => {
    const broken = join(folder, 'broken.mp4');
    writeFileSync(broken, 'no video');
    const { clips } = await dataOf(gallery([{ clip: 'a' }, { id: 'b', path: broken }, { id: 'c', path }]));
    expect(clips[0]).toMatchObject({ id: 'a', failure: 'There is no path to this clip.' });
    expect(clips[1].poster).toBeUndefined();
    expect(clips[2].poster).toBeDefined();
  });

  it('is a grid of linked videos and lines of text elsewhere, of the first clips only', async () => {
    const many = Array.from({ length: 30 }, (_, i) => ({ path, id: `c${i}`, score: i }));
    const bundle = await bundleOf(gallery(many));
    const html = String(bundle[mime.html]);
    expect(html.match(/<video /g)).toHaveLength(24);
    expect(html).not.toContain('data:video');
    expect(html).toContain('preload="none"');
    expect(html).toContain('and 6 more');
    expect(String(bundle[mime.text]).split('\n')).toEqual([
      ...Array.from({ length: 24 }, (_, i) => `c${i}  score +${i}.00`),
      'and 6 more',
    ]);
    expect((bundle[mime.gallery] as GalleryData).clips).toHaveLength(30);
  });

  it('shows the first thousand of more, and says so', async () => {
    const many = Array.from({ length: 1200 }, (_, i) => ({ path: join(folder, 'absent.mp4'), id: `c${i}` }));
    const { clips, total } = await dataOf(gallery(many));
    expect([clips.length, total]).toEqual([1000, 1200]);
  });

  it('shows prompts, names and notes as text only', async () => {
    const clip = { id: evil, path, prompt: evil, generator: evil, label: evil, note: evil };
    expect((await bundleOf(gallery([clip])))[mime.html]).not.toMatch(/<script|<img|onerror='/);
  });

  it.each<[string, GalleryClips, object, string]>([
    ['no paths', [{ clip: 'a' }], {}, 'gallery: clip "a" has no path; give clips or rows with a path'],
    ['no such group', [{ clip: 'a', path: 'a.mp4' }], { by: 'x' }, 'gallery: no clip has a "x" to group by'],
  ])('refuses: %s', async (_, clips, options, message) => {
    await expect(dataOf(gallery(clips, options))).rejects.toThrow(message);
  });
});
