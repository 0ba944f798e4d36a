import { type Displayable, jupyterDisplay, type MimeBundle, mime } from '../base/host.js';
import { escapeHtml } from '../base/html.js';
import { clipInput } from '../data/video/clipInput.js';
import { runFfmpeg } from '../data/video/ffmpeg.js';
import { type CaptionedClip, type PlayableClip, playable, textLine } from './captionedClip.js';
import { checkAttention } from './checkAttention.js';
import { clipData, linkOf } from './clipData.js';
import { serveClip } from './clipServer.js';
import type { Attention, GalleryClip, GalleryData } from './messages.js';
import { clipHtml } from './player.js';

/** Clips with their captions, or a table of scores or labels whose rows have a `path`. */
export type GalleryClips = readonly CaptionedClip[] | { objects(): CaptionedClip[] };

/** How a gallery is grouped and sorted. */
export interface GalleryOptions {
  /** What the clips are grouped by: a column. Default `group`, else `generator`, where there is one. */
  by?: string;
  /** The order of the clips. Default: a table by its scores, the highest first; a list as it is given. */
  sort?: 'highest' | 'lowest' | 'given';
  /** Where a model looked in each clip, in the order of the clips: `sr.score.attention(model, clips)`. */
  attention?: readonly Attention[];
}

/** So many clips are shown at most: a page of more would be slow. */
const mostClips = 1000;

/** So many have a picture in the notebook, and are shown by front ends without our extension. */
const pictured = 24;

/** Pictures that are made at a time. */
const atOnce = 4;

/**
 * Many clips as a grid of players, each with its score, label and note: sorted, filtered by group, loaded when they are seen,
 * opened in a player of their own. `gallery(scores.best(24))`, `gallery(scores, { by: 'pass' })`.
 * @throws {Error} where no clip has a path, or none has the column `by`; {RangeError} if the attention to a clip does not fit it
 */
export function gallery(clips: GalleryClips, options: GalleryOptions = {}): Displayable {
  return { [jupyterDisplay]: () => galleryBundle(clips, options) };
}

async function galleryBundle(clips: GalleryClips, options: GalleryOptions): Promise<MimeBundle> {
  const isTable = 'objects' in clips;
  const all = withAttention(isTable ? clips.objects() : clips, options.attention);
  if (all.length === 0) return { [mime.html]: '<em>no clips</em>', [mime.text]: 'no clips' };
  if (all.every(({ path }) => path === undefined)) playable('gallery', all[0]);
  const by = groupColumn(all, options.by);
  const sort = options.sort ?? (isTable ? 'highest' : 'given');
  const shown = sorted(all, sort).slice(0, mostClips);
  const tiles = await inTurn(shown, async (clip, place) => ({
    ...(await tileOf(clip, place < pictured)),
    ...(by !== undefined && { group: textOf(columnOf(clip, by)) }),
  }));
  const data: GalleryData = { clips: tiles, by, total: all.length };
  const rest = all.length - Math.min(pictured, shown.length);
  const more = rest > 0 ? `and ${rest} more` : '';
  const first = tiles.slice(0, pictured);
  return {
    [mime.gallery]: data,
    [mime.html]: galleryHtml(first, more),
    [mime.text]: [...first.map((tile) => textLine({ ...tile, id: tile.id ?? '' })), more]
      .filter(Boolean)
      .join('\n'),
  };
}

/** @throws {RangeError} where there is not one for each clip */
function withAttention(
  clips: readonly CaptionedClip[],
  attention: readonly Attention[] | undefined,
): readonly CaptionedClip[] {
  if (!attention) return clips;
  if (attention.length !== clips.length) {
    throw new RangeError(
      `gallery: expected the attention to each of ${clips.length} clips, received that to ${attention.length}`,
    );
  }
  return clips.map((clip, i) => ({ ...clip, attention: attention[i] }));
}

/** The column of the groups. @throws {Error} for one that no clip has */
function groupColumn(clips: readonly CaptionedClip[], by: string | undefined): string | undefined {
  const has = (column: string) => clips.some((clip) => columnOf(clip, column) !== undefined);
  if (by === undefined) return ['group', 'generator'].find(has);
  if (has(by)) return by;
  throw new Error(
    `gallery: no clip has a "${by}" to group by; the first one has ${Object.keys(clips[0]).join(', ')}`,
  );
}

const columnOf = (clip: CaptionedClip, column: string): unknown => (clip as Record<string, unknown>)[column];

/** The name of a group. */
function textOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'Pass' : 'Fail';
  return value === undefined || value === null ? '(none)' : String(value);
}

/** Those without a score come last. */
function sorted(clips: readonly CaptionedClip[], sort: GalleryOptions['sort']): CaptionedClip[] {
  if (sort === 'given') return [...clips];
  const sign = sort === 'lowest' ? 1 : -1;
  const place = ({ score }: CaptionedClip) =>
    score === undefined || Number.isNaN(score) ? Number.POSITIVE_INFINITY : sign * score;
  // Infinity minus itself is not a number, and equal.
  return [...clips].sort((a, b) => place(a) - place(b) || 0);
}

/** A clip of the gallery; what cannot be shown of it does not take the others away. */
async function tileOf(clip: CaptionedClip, isPictured: boolean): Promise<GalleryClip & PlayableClip> {
  if (clip.path === undefined) {
    const made = playable('gallery', { ...clip, path: '' });
    return { ...made, key: '', failure: 'There is no path to this clip.' };
  }
  const made = playable('gallery', clip);
  // Its bars and maps need the clip's length.
  const video = made.attention && (await clipData(made.path));
  if (made.attention && video) checkAttention(made.id, made.attention, video.frames);
  return {
    ...made,
    path: linkOf(made.path),
    key: video?.key ?? serveClip(made.path),
    video,
    // The tile says by itself what is wrong with a clip that cannot be read.
    poster: isPictured ? await poster(made.path).catch(() => undefined) : undefined,
  };
}

/** The most usual of a clip's first pictures, small. */
async function poster(path: string): Promise<string> {
  const jpeg = await runFfmpeg([
    ...clipInput(path),
    ...['-map', '0:V:0', '-vf', 'thumbnail=12,scale=240:-2', '-frames:v', '1', '-q:v', '6'],
    ...['-f', 'image2pipe', '-c:v', 'mjpeg', 'pipe:1'],
  ]);
  return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
}

/** What is made of each value, a few at a time, in their order. */
async function inTurn<T, Result>(
  values: readonly T[],
  make: (value: T, place: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const left = values.entries();
  const work = async () => {
    for (const [place, value] of left) results[place] = await make(value, place);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return results;
}

/** Videos that are linked and not part of the page, behind their pictures. */
function galleryHtml(tiles: readonly (GalleryClip & PlayableClip)[], more: string): string {
  const style = 'style="width:100%;border-radius:4px;background:#000"';
  const figures = tiles.map((tile) => {
    const poster = tile.poster ? `poster="${tile.poster}" ` : '';
    const video = `<video src="${escapeHtml(tile.path)}" ${poster}controls muted loop playsinline preload="none" ${style}></video>`;
    return clipHtml(tile, tile.failure ? `<div>${escapeHtml(tile.failure)}</div>` : video);
  });
  const grid = 'style="display:flex;flex-wrap:wrap;gap:16px;font:13px/1.45 system-ui,sans-serif"';
  return `<div ${grid}>${figures.join('')}</div>${more && `<div>${more}</div>`}`;
}
