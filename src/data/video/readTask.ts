import type { PickFrames } from './decodeFrames.js';
import type { Frames } from './ppm.js';
import type { VideoLimits } from './videoLimits.js';

/** What is read of a clip. */
export interface Reading {
  /** Frames of a clip, taken by the rule of `sampleFrames`; or what chooses them of its length and rate. */
  segments: number | PickFrames;
  /** Makes of a clip's frames the bytes that are wanted, for example its tiles. */
  transform: (frames: Frames) => Uint8Array;
  /** What `transform` depends on, and a `segments` that is a function, as plain data: a part of the cache's key. */
  parameters: object;
}

/** A reading in a form that another thread can be told. */
export interface Recipe {
  /** Address of the module that exports `reading`. */
  module: string;
  /** What that is given: plain data. */
  settings: unknown;
}

/** What a module that a recipe names exports. */
export interface RecipeModule {
  reading(settings: unknown): Reading;
}

/** Files for a worker to read. */
export interface ReadTask {
  id: number;
  paths: readonly string[];
  recipe: Recipe;
  /** Folder of the frame cache, where there is one. */
  cache?: string;
  limits: VideoLimits;
}

/** Ends a task that is not wanted any more. */
export interface ReadStop {
  stop: number;
}

/** What became of a task. */
export interface ReadAnswer {
  id: number;
  /** Of each file what was made of it, or why it cannot be read. */
  outcomes?: (Uint8Array | string)[];
  /** What is not a clip's fault. */
  error?: { name: string; message: string; code?: string };
}
