/** How fast clips are worked on. */
export interface Pace {
  /** Clips a second. */
  clipsPerSecond: number;
  /** Share of the time in which nothing was computed, since the clips were still read: 0 to 1. */
  waiting: number;
}

/** Measures the pace of something from its making on. */
export class PaceMeter {
  private readonly start = performance.now();
  private clips = 0;
  private waited = 0;

  /** @param waited seconds that were waited for these clips. */
  add(clips: number, waited: number): void {
    this.clips += clips;
    this.waited += waited;
  }

  /** The mean so far; of nothing yet, 0. */
  get pace(): Pace {
    const seconds = (performance.now() - this.start) / 1000;
    if (this.clips === 0 || seconds === 0) return { clipsPerSecond: 0, waiting: 0 };
    return { clipsPerSecond: this.clips / seconds, waiting: Math.min(1, this.waited / seconds) };
  }
}

/** In words: "12 clips a second, 3% of the time waiting for them". */
export function paceText({ clipsPerSecond, waiting }: Pace): string {
  const rate = clipsPerSecond < 10 ? clipsPerSecond.toPrecision(2) : Math.round(clipsPerSecond);
  return `${rate} clips a second, ${Math.round(100 * waiting)}% of the time waiting for them`;
}
