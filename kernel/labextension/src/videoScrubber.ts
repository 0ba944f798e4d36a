import type { Attention } from '../../../src/notebook/messages.js';
import { element } from './element.js';
import type { Timing } from './videoSync.js';

const thumbnails = 12;
const thumbnailHeight = 32;

/** Frames of the clip that a model saw, [T]. */
export function sampledFrames({ frames }: Timing, { frames: weights, at }: Attention): readonly number[] {
  return at ?? weights.map((_, i) => ((i + 0.5) * frames) / weights.length - 0.5);
}

/**
 * One clip's part of a scrubber: a strip of thumbnails, and under it the attention to its frames. All rows share
 * the time of the longest clip.
 */
export function scrubberRow(
  clip: Timing & { attention?: Attention },
  video: HTMLVideoElement,
  all: readonly Timing[],
  signal: AbortSignal,
): HTMLElement {
  const longest = Math.max(...all.map(({ fps, frames }) => frames / fps));
  const strip = element('div', { className: 'sr-Thumbnails' });
  const row = element('div', { className: 'sr-ScrubberRow' }, strip);
  row.style.width = `${(100 * clip.frames) / clip.fps / longest}%`;
  if (clip.attention) row.append(attentionStrip(clip, clip.attention));
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
    seen.disconnect();
    void drawThumbnails(video.src, strip, signal);
  });
  // Not before it is seen: a notebook may hold many players.
  video.addEventListener('loadeddata', () => seen.observe(strip), { signal });
  signal.addEventListener('abort', () => seen.disconnect());
  return row;
}

/** Draws evenly spaced frames of a video, by a second video of the same source, so that the first can play. */
async function drawThumbnails(url: string, strip: HTMLElement, signal: AbortSignal): Promise<void> {
  const video = element('video', { muted: true, preload: 'auto', src: url });
  const happens = (name: string) =>
    new Promise((resolve, reject) => {
      video.addEventListener(name, resolve, { once: true });
      video.addEventListener('error', reject, { once: true });
      signal.addEventListener('abort', reject, { once: true });
    });
  try {
    await happens('loadeddata');
    const height = thumbnailHeight * devicePixelRatio;
    const width = (height * video.videoWidth) / video.videoHeight;
    const pictures = Array.from({ length: thumbnails }, () => element('canvas', { width, height }));
    strip.replaceChildren(...pictures);
    for (const [i, picture] of pictures.entries()) {
      video.currentTime = ((i + 0.5) * video.duration) / thumbnails;
      await happens('seeked');
      picture.getContext('2d')?.drawImage(video, 0, 0, width, height);
    }
  } catch {
    // The clip was taken off the page, or cannot be read any more: thumbnails are a help, not a need.
  } finally {
    video.removeAttribute('src');
    video.load();
  }
}

/** Bars of the attention to the sampled frames, along the clip. */
export function attentionStrip(clip: Timing, attention: Attention): HTMLElement {
  const strip = element('div', { className: 'sr-Attention' });
  strip.setAttribute('role', 'img');
  strip.setAttribute('aria-label', 'Attention of the model by frame');
  const places = sampledFrames(clip, attention);
  const largest = Math.max(...attention.frames);
  attention.frames.forEach((weight, i) => {
    const from = i === 0 ? 0 : (places[i - 1] + places[i] + 1) / 2;
    const to = i === places.length - 1 ? clip.frames : (places[i] + places[i + 1] + 1) / 2;
    const bar = element('div', { title: `frame ${Math.round(places[i]) + 1}: ${weight.toPrecision(3)}` });
    bar.style.left = `${(100 * from) / clip.frames}%`;
    bar.style.width = `${(100 * (to - from)) / clip.frames}%`;
    bar.style.setProperty('--sr-weight', String(largest > 0 ? weight / largest : 0));
    strip.append(bar);
  });
  return strip;
}
