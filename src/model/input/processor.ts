import type { Clip } from '../../data/clip.js';
import type { FrameCache } from '../../data/video/frameCache.js';
import { type ReadFailure, type ReadOptions, readClip, readClips } from '../../data/video/readClips.js';
import type { Reading } from '../../data/video/readTask.js';
import type { Batch, ClipInput } from './batch.js';
import type { Prompts } from './prompt.js';
import type { Tokens } from './tokens.js';

/** How a family takes clips: what is kept of a clip's frames, the prompt around them, and the tensors. */
export interface ClipFormat {
  readonly reading: Reading & Pick<ReadOptions, 'recipe'>;
  /** A clip as a model input. @param kept what `reading.transform` made of its frames. */
  input(clip: Clip, prompts: Prompts, kept: Uint8Array): ClipInput;
  /** Inputs as one batch of tensors; the caller disposes it. */
  collate(inputs: readonly ClipInput[]): Batch;
}

/** Clips as inputs, in their order: undefined for each clip that is among the failures. */
export interface ProcessedClips {
  inputs: (ClipInput | undefined)[];
  failures: ReadFailure[];
}

/** Makes model inputs of clips: frames are sampled, decoded and resized, and the prompt becomes token ids. */
export class Processor {
  /**
   * @param cache keeps what the model sees of each clip on disk; without it a clip is decoded each time.
   */
  constructor(
    readonly tokens: Tokens,
    readonly format: ClipFormat,
    public cache?: FrameCache,
    /** Most tokens of a clip and its prompt that the model has positions for. */
    private readonly maxTokens = Number.POSITIVE_INFINITY,
  ) {}

  /**
   * One clip as a model input.
   * @throws with ffmpeg's reason when the clip cannot be read, and when it has no prompt but needs one.
   */
  async process(clip: Clip, prompts: Prompts): Promise<ClipInput> {
    return this.input(clip, prompts, await readClip(clip, this.reading()));
  }

  /**
   * Many clips as model inputs. A clip that cannot be read, lacks the prompt it is asked about or has one that is too
   * long is among the failures; the others are read.
   * @param options `signal` stops with its reason; `onProgress` is called after each clip.
   */
  async processMany(
    clips: readonly Clip[],
    prompts: Prompts,
    { signal, onProgress }: { signal?: AbortSignal; onProgress?: (progress: ReadProgress) => void } = {},
  ): Promise<ProcessedClips> {
    const { frames, failures } = await readClips(clips, { ...this.reading(), signal, onProgress });
    const inputs = clips.map((clip) => {
      const kept = frames.get(clip.id);
      if (!kept) return undefined;
      try {
        return this.input(clip, prompts, kept);
      } catch (error) {
        failures.push({ clip, reason: (error as Error).message });
        return undefined;
      }
    });
    return { inputs, failures };
  }

  private input(clip: Clip, prompts: Prompts, kept: Uint8Array): ClipInput {
    const input = this.format.input(clip, prompts, kept);
    const tokens = input.inputIds.length;
    if (tokens > this.maxTokens) {
      throw new Error(
        `${tokens} tokens, but the model has positions for ${this.maxTokens}; shorten the prompt, or take fewer frames`,
      );
    }
    return input;
  }

  /** Inputs as one batch of tensors; the caller disposes it. */
  collate(inputs: readonly ClipInput[]): Batch {
    return this.format.collate(inputs);
  }

  private reading(): ReadOptions {
    return { ...this.format.reading, cache: this.cache };
  }
}

/** How far reading many clips is. */
export interface ReadProgress {
  done: number;
  total: number;
  failed: number;
}
