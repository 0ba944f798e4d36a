/** What playing needs to know of a clip. */
export interface Timing {
  /** Frames per second. */
  fps: number;
  frames: number;
}

/**
 * Several videos that play as one: the longest leads, the others follow it. Time is the leader's, in seconds; a clip
 * that is over stays on its last frame.
 */
export class VideoSync {
  loop = true;
  readonly #videos: readonly HTMLVideoElement[];
  readonly #timings: readonly Timing[];
  readonly #leader: number;
  readonly #changed: () => void;
  #speed = 1;
  #playing = false;

  /** @param changed is called when the time, the speed or whether it plays has changed. */
  constructor(videos: readonly HTMLVideoElement[], timings: readonly Timing[], changed: () => void) {
    this.#videos = videos;
    this.#timings = timings;
    this.#changed = changed;
    const durations = timings.map(({ fps, frames }) => frames / fps);
    this.#leader = durations.indexOf(Math.max(...durations));
    for (const video of videos) {
      video.addEventListener('timeupdate', changed);
      // A new source begins at the start and at normal speed.
      video.addEventListener('loadedmetadata', () => this.#restore(video));
    }
    this.#video.addEventListener('ended', () => this.#end());
  }

  get playing(): boolean {
    return this.#playing;
  }

  /** Seconds. */
  get time(): number {
    return this.#video.currentTime;
  }

  /** Frames of the leader. */
  get frames(): number {
    return this.#timings[this.#leader].frames;
  }

  /** Index of the leader's frame that is shown. */
  get frame(): number {
    const { fps, frames } = this.#timings[this.#leader];
    return Math.min(frames - 1, Math.floor(this.time * fps + 1e-3));
  }

  get fps(): number {
    return this.#timings[this.#leader].fps;
  }

  /** 1 is the speed at which the clips were made. */
  get speed(): number {
    return this.#speed;
  }

  set speed(speed: number) {
    this.#speed = speed;
    for (const video of this.#videos) video.playbackRate = speed;
    this.#changed();
  }

  play(): void {
    if (this.#playing) return;
    if (this.frame === this.frames - 1) this.seekFrame(0);
    this.#playing = true;
    this.#start();
    requestAnimationFrame(this.#follow);
    this.#changed();
  }

  pause(): void {
    this.#playing = false;
    for (const video of this.#videos) video.pause();
    this.#align(0.5);
    this.#changed();
  }

  toggle(): void {
    if (this.#playing) this.pause();
    else this.play();
  }

  /** Shows the frame that is `count` frames away, and pauses. */
  step(count: number): void {
    this.pause();
    this.seekFrame(this.frame + count);
  }

  /** Shows a frame of the leader, and of the others what they show at that time. */
  seekFrame(frame: number): void {
    const inside = Math.min(Math.max(frame, 0), this.frames - 1);
    // The middle of a frame is the time that is safest from rounding.
    const time = (inside + 0.5) / this.fps;
    this.#videos.forEach((video, i) => {
      video.currentTime = Math.min(time, this.#lastFrame(i));
    });
    this.#changed();
  }

  get #video(): HTMLVideoElement {
    return this.#videos[this.#leader];
  }

  /** Time in the middle of a clip's last frame. */
  #lastFrame(i: number): number {
    const { fps, frames } = this.#timings[i];
    return (frames - 0.5) / fps;
  }

  #start(): void {
    this.#videos.forEach((video, i) => {
      // A video that is loading, was removed from the page or has failed refuses; the others play on.
      if (this.time < this.#lastFrame(i)) video.play().catch(() => {});
    });
  }

  #restore(video: HTMLVideoElement): void {
    video.playbackRate = this.#speed;
    if (video !== this.#video && this.time > 0) video.currentTime = this.time;
    if (this.#playing) video.play().catch(() => {});
    this.#changed();
  }

  #follow = (): void => {
    if (!this.#playing) return;
    this.#align(1.5);
    this.#changed();
    requestAnimationFrame(this.#follow);
  };

  /** Sets the others to the leader's time where they are more than `tolerance` frames away. */
  #align(tolerance: number): void {
    this.#videos.forEach((video, i) => {
      if (video === this.#video || video.seeking) return;
      const wanted = Math.min(this.time, this.#lastFrame(i));
      if (Math.abs(video.currentTime - wanted) > tolerance / this.#timings[i].fps) video.currentTime = wanted;
    });
  }

  #end(): void {
    if (this.loop && this.#playing) {
      this.seekFrame(0);
      this.#start();
    } else {
      this.pause();
    }
  }
}
