import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { type Displayable, jupyterDisplay, type MimeBundle, mime } from '../base/host.js';
import { escapeHtml } from '../base/html.js';
import { clipInput } from '../data/video/clipInput.js';
import { runFfmpeg } from '../data/video/ffmpeg.js';
import {
  type CaptionedClip,
  type Playable,
  type PlayableClip,
  playable,
  signed,
  textLine,
  verdict,
} from './captionedClip.js';
import { checkAttention } from './checkAttention.js';
import { clipData, linkOf } from './clipData.js';
import { isBrowserCodec } from './clipServer.js';
import { playableType } from './container.js';
import type { ClipCaption, ClipData, PlayerData } from './messages.js';

/** Files up to this size are part of the notebook; larger ones are linked. */
const inlineBytes = 200_000;

/** Width at which clips are shown, in pixels; larger clips are scaled down, smaller ones up. */
const shownWidth = 288;

/** Frames of a contact sheet. */
const sheetFrames = 6;

/**
 * A clip that plays in a notebook, with its score, label and note, and the attention of a model to its frames and
 * places. Where no video can be shown there is a contact sheet, and in plain text a line.
 */
export function player(clip: Playable, caption: ClipCaption = {}): Displayable {
  return { [jupyterDisplay]: () => playerBundle('player', [{ ...clip, ...caption }]) };
}

/**
 * The bundle of one player, or of several that play, pause, seek and change speed together.
 * @throws {Error} if a clip cannot be read, with ffmpeg's reason
 * @throws {RangeError} if the attention to a clip does not fit the clip
 */
export async function playerBundle(operation: string, given: CaptionedClip[]): Promise<MimeBundle> {
  const clips = given.map((clip) => playable(operation, clip));
  const infos = await Promise.all(clips.map(({ path }) => clipData(path)));
  clips.forEach((clip, i) => {
    if (clip.attention) checkAttention(clip.id, clip.attention, infos[i].frames);
  });
  const pictures = await Promise.all(clips.map((clip, i) => pictureHtml(clip.path, infos[i])));
  const sheet = await contactSheet(clips.map(({ path }, i) => ({ path, frames: infos[i].frames })));
  const data: PlayerData = {
    clips: clips.map((clip, i) => ({
      ...clip,
      ...infos[i],
    })),
  };
  return {
    [mime.player]: data,
    [mime.html]: playersHtml(clips, pictures),
    [mime.png]: sheet.toString('base64'),
    [mime.text]: clips.map(textLine).join('\n'),
  };
}

/** A small clip as part of the page, a larger one by its URL, and one that browsers cannot decode as a contact sheet. */
async function pictureHtml(path: string, { codec, frames }: ClipData): Promise<string> {
  const style = 'style="width:100%;border-radius:4px;background:#000"';
  const type = await playableType(path);
  if (!isBrowserCodec(codec) || type === undefined) {
    const sheet = await contactSheet([{ path, frames }]);
    return `<img src="data:image/png;base64,${sheet.toString('base64')}" alt="" ${style}>`;
  }
  const small = (await stat(path)).size <= inlineBytes;
  const source = small ? `data:${type};base64,${await readFile(path, 'base64')}` : linkOf(path);
  return `<video src="${escapeHtml(source)}" controls muted loop playsinline preload="metadata" ${style}></video>`;
}

/** One PNG with a row of evenly spaced frames for each clip. */
function contactSheet(clips: { path: string; frames: number }[]): Promise<Buffer> {
  const rows = clips.map(({ frames }, row) => {
    const step = Math.max(1, Math.floor(frames / sheetFrames));
    const tile = 'scale=128:96:force_original_aspect_ratio=decrease,pad=128:96:-1:-1';
    return `[${row}:v]select=not(mod(n\\,${step})),${tile},tile=${sheetFrames}x1[r${row}]`;
  });
  const labels = clips.map((_, row) => `[r${row}]`).join('');
  const stack = clips.length > 1 ? `;${labels}vstack=inputs=${clips.length}[sheet]` : '';
  return runFfmpeg([
    ...clips.flatMap(({ path }) => clipInput(path)),
    ...['-filter_complex', rows.join(';') + stack, '-map', stack ? '[sheet]' : '[r0]'],
    ...['-frames:v', '1', '-f', 'image2pipe', '-c:v', 'png', 'pipe:1'],
  ]);
}

function playersHtml(clips: PlayableClip[], pictures: string[]): string {
  const id = `solireward-${randomUUID()}`;
  const figures = clips.map((clip, i) => clipHtml(clip, pictures[i])).join('');
  const style = 'display:flex;flex-wrap:wrap;gap:16px;font:13px/1.45 system-ui,sans-serif';
  const script = clips.length > 1 ? `<script>(${syncVideos})(${JSON.stringify(id)})</script>` : '';
  return `<div id="${id}" style="${style}">${figures}</div>${script}`;
}

/** A picture with what is known of its clip below it. */
export function clipHtml(
  { id, prompt, generator, score, label, note }: PlayableClip,
  picture: string,
): string {
  const strong = [score === undefined ? undefined : signed(score), verdict(label)]
    .filter(Boolean)
    .join(' · ');
  const lines = [
    strong && `<strong>${escapeHtml(strong)}</strong>`,
    prompt && `<div>${escapeHtml(prompt)}</div>`,
    note && `<div><em>${escapeHtml(note)}</em></div>`,
    `<div style="opacity:.65">${escapeHtml([id, generator].filter(Boolean).join(' · '))}</div>`,
  ];
  return (
    `<figure style="margin:0;width:${shownWidth}px">` +
    picture +
    `<figcaption style="overflow-wrap:anywhere">${lines.filter(Boolean).join('')}</figcaption></figure>`
  );
}

/** Runs in the page: what is done to one video of a pair is done to the others. */
const syncVideos = `function (id) {
  const root = document.getElementById(id);
  if (!root) return;
  const videos = [...root.querySelectorAll('video')];
  const others = (video, act) => videos.filter((other) => other !== video).forEach(act);
  for (const video of videos) {
    video.addEventListener('play', () => others(video, (other) => other.play().catch(() => {})));
    video.addEventListener('pause', () => others(video, (other) => other.pause()));
    video.addEventListener('ratechange', () => others(video, (other) => { other.playbackRate = video.playbackRate; }));
    video.addEventListener('seeked', () => others(video, (other) => {
      if (Math.abs(other.currentTime - video.currentTime) > 0.05) other.currentTime = video.currentTime;
    }));
  }
}`;
