import type { Attention } from '../../../src/notebook/messages.js';
import { element, iconButton, setIcon } from './element.js';
import { heatMap } from './videoHeatMap.js';
import { scrubberRow } from './videoScrubber.js';
import { type Timing, VideoSync } from './videoSync.js';

/** A clip as this player takes it. */
export interface VideoClip extends Timing {
  /** Pixels; the shape of the picture before it is loaded. */
  width: number;
  height: number;
  /**
   * Where the video may be, the best place first: the next one is asked for when the browser cannot fetch or decode
   * what the last one gave. `say` tells the user what is being done. Throws what to tell when nothing is left.
   */
  urls(say: (message: string) => void): AsyncIterable<string>;
  attention?: Attention;
  /** What is written under the picture. */
  caption?: Node;
}

const icons = {
  play: 'M8 5v14l11-7z',
  pause: 'M6 5h4v14H6zm8 0h4v14h-4z',
  back: 'M6 5h2v14H6zm3.5 7L18 5.5v13z',
  forward: 'M16 5h2v14h-2zm-1.5 7L6 18.5v-13z',
  loop: 'M7 7h10v3l4-4-4-4v3H5v6h2zm10 10H7v-3l-4 4 4 4v-3h12v-6h-2z',
  heat: 'M12 2c1 4 6 6.500 6 12a6 6 0 0 1-12 0c0-3 1.500-4.500 3-6 0 2 .5 3 1.500 3.500C10.500 8 10 5 12 2z',
};
const speeds = [0.25, 0.5, 0.75, 1, 1.5, 2, 4];

/**
 * One clip or several that play in step: play and pause, speed, single frames, a loop, a scrubber with thumbnails,
 * attention under it and over the pictures. Keys work while the focus is inside: space, left and right (or comma and
 * period), home, end, < and > for the speed, L for the loop, H for the heat map.
 */
export class VideoPlayer {
  /** Put it on the page; it takes the focus. */
  readonly node: HTMLElement;
  readonly sync: VideoSync;
  #shownPlaying = false;
  readonly #play = iconButton(icons.play, 'Play (space)', () => this.sync.toggle());
  readonly #loop = iconButton(icons.loop, 'Loop (L)', () => this.#toggleLoop());
  readonly #heat = iconButton(icons.heat, 'Heat map (H)', () => this.#toggleHeat());
  readonly #speed = element('select', { className: 'sr-Speed', title: 'Speed (< and >)' });
  readonly #range = element('input', { type: 'range', min: '0', step: '1', value: '0' });
  readonly #clock = element('span', { className: 'sr-Clock' });
  readonly #heatMaps: { draw(time: number): void }[] = [];
  readonly #ended = new AbortController();

  constructor(clips: readonly VideoClip[]) {
    const videos = clips.map(() =>
      element('video', { muted: true, playsInline: true, preload: 'auto', className: 'sr-Video' }),
    );
    this.sync = new VideoSync(videos, clips, () => this.#update());
    const pictures = clips.map((clip, i) => this.#picture(clip, videos[i]));

    this.#range.max = String(this.sync.frames - 1);
    this.#range.setAttribute('aria-label', 'Frame');
    this.#range.oninput = () => {
      this.sync.pause();
      this.sync.seekFrame(this.#range.valueAsNumber);
    };
    const rows = clips.map((clip, i) => scrubberRow(clip, videos[i], clips, this.#ended.signal));
    const scrubber = element('div', { className: 'sr-Scrubber' }, ...rows, this.#range);

    for (const speed of speeds) this.#speed.add(new Option(`${speed}\u00d7`, String(speed)));
    this.#speed.setAttribute('aria-label', 'Speed');
    this.#speed.onchange = () => {
      this.sync.speed = Number(this.#speed.value);
    };
    this.#loop.setAttribute('aria-pressed', 'true');
    const controls = [
      this.#play,
      iconButton(icons.back, 'Previous frame (left or comma)', () => this.sync.step(-1)),
      iconButton(icons.forward, 'Next frame (right or period)', () => this.sync.step(1)),
      this.#clock,
      this.#speed,
      this.#loop,
    ];
    if (clips.some(({ attention }) => attention?.maps)) {
      this.#heat.setAttribute('aria-pressed', 'true');
      controls.push(this.#heat);
    }
    this.node = element(
      'div',
      { className: 'sr-Player', tabIndex: 0, onkeydown: (event) => this.handleKey(event) },
      element('div', { className: 'sr-Pictures' }, ...pictures),
      scrubber,
      element('div', { className: 'sr-Controls' }, ...controls),
    );
    this.node.setAttribute('role', 'group');
    this.node.setAttribute('aria-label', clips.length > 1 ? 'Video players in step' : 'Video player');
    // Else letters would be commands of the notebook.
    this.node.dataset.lmSuppressShortcuts = 'true';
    this.#update();
  }

  /** Does what a key stands for; call it from an element that has the focus in this player's stead. */
  handleKey(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
    const target = event.target as HTMLElement;
    if (target instanceof HTMLSelectElement || target.matches('input:not([type=range]), textarea'))
      return false;
    // A focused button takes the space bar as a click.
    if (event.key === ' ' && target instanceof HTMLButtonElement) return false;
    const action = this.#actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return false;
    action();
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  pause(): void {
    this.sync.pause();
  }

  /** Stops playing and loading. */
  dispose(): void {
    this.pause();
    this.#ended.abort();
    for (const video of this.node.querySelectorAll('video')) {
      URL.revokeObjectURL(video.src);
      video.removeAttribute('src');
      video.load();
    }
    this.node.remove();
  }

  readonly #actions: Record<string, () => void> = {
    ' ': () => this.sync.toggle(),
    ',': () => this.sync.step(-1),
    '.': () => this.sync.step(1),
    ArrowLeft: () => this.sync.step(-1),
    ArrowRight: () => this.sync.step(1),
    Home: () => this.sync.seekFrame(0),
    End: () => this.sync.seekFrame(this.sync.frames - 1),
    '<': () => this.#changeSpeed(-1),
    '>': () => this.#changeSpeed(1),
    l: () => this.#toggleLoop(),
    h: () => this.#toggleHeat(),
  };

  #picture(clip: VideoClip, video: HTMLVideoElement): HTMLElement {
    const message = element('div', { className: 'sr-Message', hidden: true });
    message.setAttribute('role', 'status');
    const say = (text: string) => {
      message.textContent = text;
      message.hidden = text === '';
    };
    void load(clip, video, say, this.#ended.signal);
    video.onclick = () => this.sync.toggle();
    const stage = element('div', { className: 'sr-Stage' }, video, message);
    stage.style.aspectRatio = `${clip.width} / ${clip.height}`;
    if (clip.attention?.maps) {
      const map = heatMap(clip, clip.attention);
      this.#heatMaps.push(map);
      stage.append(map.node);
    }
    return element('figure', { className: 'sr-Picture' }, stage, ...(clip.caption ? [clip.caption] : []));
  }

  #changeSpeed(by: number): void {
    const next = speeds.indexOf(this.sync.speed) + by;
    this.sync.speed = speeds[Math.min(Math.max(next, 0), speeds.length - 1)];
  }

  #toggleLoop(): void {
    this.sync.loop = !this.sync.loop;
    this.#loop.setAttribute('aria-pressed', String(this.sync.loop));
  }

  #toggleHeat(): void {
    const hidden = this.node.classList.toggle('sr-mod-noHeat');
    this.#heat.setAttribute('aria-pressed', String(!hidden));
  }

  #update(): void {
    const { sync } = this;
    if (sync.playing !== this.#shownPlaying) {
      this.#shownPlaying = sync.playing;
      if (sync.playing) setIcon(this.#play, icons.pause, 'Pause (space)');
      else setIcon(this.#play, icons.play, 'Play (space)');
    }
    this.#range.value = String(sync.frame);
    this.#speed.value = String(sync.speed);
    this.#clock.textContent = `${(sync.frame / sync.fps).toFixed(2)} s \u00b7 ${sync.frame + 1}/${sync.frames}`;
    for (const map of this.#heatMaps) map.draw(sync.time);
  }
}

/** Loads a clip from the first place from which the browser can play it. */
export async function load(
  clip: Pick<VideoClip, 'urls'>,
  video: HTMLVideoElement,
  say: (message: string) => void,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const url of clip.urls(say)) {
      if (signal.aborted || (await canPlay(video, url))) return say('');
    }
    say('This browser cannot play this clip.');
  } catch (error) {
    say((error as Error).message);
  }
}

/** Sets a video's source and tells whether the browser can show its first frame. */
function canPlay(video: HTMLVideoElement, url: string): Promise<boolean> {
  return new Promise((resolve) => {
    // A file without a picture that this browser can decode loads as sound.
    video.onloadeddata = () => resolve(video.videoWidth > 0);
    video.onerror = () => resolve(false);
    video.src = url;
  });
}
