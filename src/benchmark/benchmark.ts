import { type Displayable, jupyterDisplay, type MimeBundle } from '../base/host.js';
import type { Clip } from '../data/clip.js';
import { noted } from './noted.js';

/** What people say of two clips. */
export interface Preference {
  /** What people were asked. */
  dimension: string;
  /** Ids of the clips. */
  first: string;
  /** Id of the second clip. */
  second: string;
  /** 1 where the first is better, -1 where the second is, 0 for a tie. */
  preference: -1 | 0 | 1;
}

/** What people say of one clip. */
export interface Rating {
  /** What people were asked. */
  dimension: string;
  /** Its id. */
  clip: string;
  /** Their rating, on the benchmark's scale. */
  rating: number;
}

/** The scale of ratings. */
export interface RatingScale {
  /** The lowest rating that can be given. */
  lowest: number;
  /** The highest rating that can be given. */
  highest: number;
  /** Ratings from here on are high, where the benchmark has such a level. */
  high?: number;
}

/** All that a benchmark's file holds. */
export interface BenchmarkContent {
  /** As its authors call it. */
  name: string;
  source: string;
  clips: readonly Clip[];
  preferences?: readonly Preference[];
  ratings?: readonly Rating[];
  scale?: RatingScale;
  /** How the file was read: columns, and what is left out. */
  notes: readonly string[];
}

/** The clips of a benchmark and what people say of them: preferences between two, or ratings of each. It shows itself. */
export class Benchmark implements Displayable {
  /** Name of the benchmark. */
  readonly name: string;
  /** The file's name. */
  readonly source: string;
  /** Every clip once, to be scored (`sr.score.clips(model, benchmark.clips)`); its id is its name in the file. */
  readonly clips: readonly Clip[];
  /** What people say of pairs of clips; empty where they rated single ones. */
  readonly preferences: readonly Preference[];
  /** What people say of single clips; empty where they compared two. */
  readonly ratings: readonly Rating[];
  /** The scale of the ratings, where there are ratings. */
  readonly scale?: RatingScale;
  /** How the file was read: the columns that were taken and those that were not, and what is left out. */
  readonly notes: readonly string[];

  constructor({ name, source, clips, preferences = [], ratings = [], scale, notes }: BenchmarkContent) {
    this.name = name;
    this.source = source;
    this.clips = clips;
    this.preferences = preferences;
    this.ratings = ratings;
    this.scale = scale;
    this.notes = notes;
  }

  /** What people were asked, in the order of the file. */
  get dimensions(): string[] {
    return [...new Set([...this.preferences, ...this.ratings].map(({ dimension }) => dimension))];
  }

  toString(): string {
    return this.#shown().toString();
  }

  [jupyterDisplay](): MimeBundle {
    return this.#shown()[jupyterDisplay]();
  }

  #shown() {
    const prompts = new Set(this.clips.map(clusterOf)).size;
    const caption = `${this.name}: ${this.clips.length} clips of ${prompts} prompts`;
    return noted(
      this.dimensions.map((dimension) => this.#row(dimension)),
      caption,
      this.notes,
    );
  }

  #row(dimension: string): object {
    const preferences = this.preferences.filter((item) => item.dimension === dimension);
    if (preferences.length > 0) {
      const times = (wanted: number) => preferences.filter(({ preference }) => preference === wanted).length;
      return {
        ...{ dimension, pairs: preferences.length, 'first better': times(1), 'second better': times(-1) },
        ties: times(0),
      };
    }
    const ratings = this.ratings.filter((item) => item.dimension === dimension).map(({ rating }) => rating);
    const counts = new Map<number, number>();
    for (const rating of ratings.sort((a, b) => a - b)) counts.set(rating, (counts.get(rating) ?? 0) + 1);
    const shares = [...counts].map(([rating, count]) => `${rating}: ${count}`).join(', ');
    return { dimension, clips: ratings.length, ratings: shares };
  }
}

/** What clips are drawn together by: their prompt, and each by itself where it has none. */
export const clusterOf = ({ id, prompt, promptId }: Clip): string => promptId ?? prompt ?? id;
