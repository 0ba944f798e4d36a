import type { IRenderMime } from '@jupyterlab/rendermime-interfaces';
import type { Widget } from '@lumino/widgets';
import type { GalleryClip } from '../../../src/notebook/messages.js';
import { clipAbout, clipUrls } from './clipUrls.js';
import { element, iconButton } from './element.js';
import { caption } from './player.js';
import { heatMap } from './videoHeatMap.js';
import { load, VideoPlayer } from './videoPlayer.js';
import { attentionStrip } from './videoScrubber.js';

const open = 'M4 4h7v2H6v5H4zm9 14h5v-5h2v7h-7z';
const close = 'M6 5l6 6 6-6 1 1-6 6 6 6-1 1-6-6-6 6-1-1 6-6-6-6z';

/** One clip of a gallery: a picture that plays by a click, and a player of its own when it is opened. */
export class GalleryTile {
  readonly node: HTMLElement;
  readonly #clip: GalleryClip;
  readonly #widget: Widget;
  readonly #urls: (say: (message: string) => void) => AsyncIterable<string>;
  readonly #video = element('video', { muted: true, loop: true, playsInline: true, className: 'sr-Video' });
  readonly #message = element('div', { className: 'sr-Message', hidden: true });
  readonly #stage: HTMLElement;
  readonly #ended = new AbortController();
  #loading: AbortController | undefined;
  #player: VideoPlayer | undefined;

  constructor(
    clip: GalleryClip,
    { widget, resolver }: { widget: Widget; resolver: IRenderMime.IResolver | null },
  ) {
    this.#clip = clip;
    this.#widget = widget;
    this.#urls = (say) => clipUrls(clip, { widget, resolver }, say);
    // What a notebook says is not trusted: a poster is a picture that is in it.
    if (clip.poster?.startsWith('data:image/')) this.#video.poster = clip.poster;
    this.#message.setAttribute('role', 'status');
    this.#stage = element('div', { className: 'sr-Stage' }, this.#video, this.#message);
    this.#stage.style.aspectRatio = clip.video ? `${clip.video.width} / ${clip.video.height}` : '4 / 3';
    this.node = element('figure', { className: 'sr-Tile' }, this.#stage);
    if (clip.failure !== undefined) this.#say(clip.failure);
    else this.#makePlayable();
    if (clip.attention && clip.video) {
      this.node.append(attentionStrip(clip.video, clip.attention));
      if (clip.attention.maps) {
        const map = heatMap(clip.video, clip.attention);
        this.#stage.append(map.node);
        const draw = () => map.draw(this.#video.currentTime);
        for (const event of ['timeupdate', 'seeked', 'loadeddata']) this.#video.addEventListener(event, draw);
      }
    }
    this.node.append(caption(clip));
  }

  /** Loads the clip when it comes into sight, and lets go of it when it has gone. */
  see(isSeen: boolean): void {
    if (this.#clip.failure !== undefined || this.#ended.signal.aborted) return;
    if (!isSeen) {
      this.#unload();
    } else if (!this.#loading && !this.#player) {
      this.#loading = new AbortController();
      void load({ urls: this.#urls }, this.#video, (text) => this.#say(text), this.#loading.signal);
    }
  }

  pause(): void {
    this.#video.pause();
    this.#player?.pause();
  }

  dispose(): void {
    this.#ended.abort();
    this.#player?.dispose();
    this.#unload();
  }

  #makePlayable(): void {
    const toggle = () => {
      if (this.#video.paused) this.#video.play().catch(() => {});
      else this.#video.pause();
    };
    this.#stage.tabIndex = 0;
    this.#stage.setAttribute('role', 'button');
    this.#stage.setAttribute('aria-label', `Play ${this.#clip.id ?? 'the clip'}`);
    this.#video.onclick = toggle;
    this.#stage.onkeydown = (event) => {
      if (event.target !== this.#stage || (event.key !== ' ' && event.key !== 'Enter')) return;
      event.preventDefault();
      toggle();
    };
    const button = iconButton(open, 'Open in a player', () => void this.#open());
    button.classList.add('sr-OpenButton');
    this.#stage.append(button);
  }

  /** Puts a whole player in place of the picture, over the width of the grid. */
  async #open(): Promise<void> {
    try {
      const video = this.#clip.video ?? (await clipAbout(this.#clip, this.#widget));
      if (this.#player || this.#ended.signal.aborted) return;
      this.#unload();
      const { attention } = this.#clip;
      this.#player = new VideoPlayer([
        { ...video, attention, urls: this.#urls, caption: caption(this.#clip) },
      ]);
      const back = iconButton(close, 'Close the player', () => this.#close());
      back.classList.add('sr-CloseButton');
      this.#player.node.append(back);
      this.node.classList.add('sr-mod-open');
      this.node.append(this.#player.node);
      this.#player.node.focus();
    } catch (error) {
      this.#say((error as Error).message);
    }
  }

  #close(): void {
    this.#player?.dispose();
    this.#player = undefined;
    this.node.classList.remove('sr-mod-open');
    this.see(true);
    this.#stage.focus();
  }

  #unload(): void {
    this.#loading?.abort();
    this.#loading = undefined;
    this.#video.pause();
    URL.revokeObjectURL(this.#video.src);
    this.#video.removeAttribute('src');
    this.#video.load();
  }

  #say(text: string): void {
    this.#message.textContent = text;
    this.#message.hidden = text === '';
  }
}
