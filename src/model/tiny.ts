import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { FrameCache } from '../data/video/frameCache.js';
import { tf } from '../engine/tf.js';
import type { InternVLConfig } from './family/internvl/config.js';
import { dimensionPrompts } from './input/prompt.js';
import { Tokens } from './input/tokens.js';
import { create } from './load.js';
import { tinyConfig } from './presets.js';
import type { RewardModel } from './rewardModel.js';
import { readTensors } from './weights/safetensors.js';

/** Folder of what comes with this package for the tiny model: its tokenizer and its pretrained backbone. */
export function tinyFolder(): string {
  const require = createRequire(import.meta.url);
  return join(dirname(require.resolve('solireward/package.json')), 'assets', 'tiny');
}

/** What a tiny model is made with. */
export interface TinyOptions {
  /** What the model is asked about: `physics` (default), `deformity` or `alignment`. */
  dimension?: string;
  /** Seed of the weights that are not pretrained. Default 0. */
  seed?: number;
  /** What differs from the preset, for example the head's `reduceSequence`, or `numSegments` frames a clip. */
  config?: Partial<InternVLConfig>;
  /** Keeps the tiles of decoded clips on disk. */
  cache?: FrameCache;
}

/**
 * The tutorial's model for one dimension of the generated world: a backbone that was pretrained on the world without
 * any pass/fail label (see scripts/pretraining/), a new seeded head, and a short English prompt.
 * @throws for an unknown dimension, and when the pretrained weights are missing or of another model.
 */
export async function tiny({
  dimension = 'physics',
  seed = 0,
  config,
  cache,
}: TinyOptions = {}): Promise<RewardModel> {
  const card = { dimension, prompts: dimensionPrompts(dimension) };
  const tokenizer = tinyFolder();
  const preset = tinyConfig((await Tokens.load(tokenizer)).size);
  const model = await create({ ...preset, ...config }, { seed, tokenizer, card, cache });
  try {
    await overwrite(model, join(tokenizer, 'pretrained.safetensors'));
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** Gives a model's parameters the values that a file has for them. */
async function overwrite({ weights }: RewardModel, path: string): Promise<void> {
  const stored = await readTensors(path).catch((error: Error) => {
    throw new Error(
      `tiny: cannot read the pretrained weights (${error.message}); install the package again, ` +
        'or in a checkout make them: see scripts/pretraining/',
    );
  });
  for (const [name, { shape, data }] of stored) {
    const variable = weights.get(name);
    if (String(variable?.shape) !== String(shape)) {
      throw new Error(`tiny: the pretrained "${name}" [${shape}] is not a parameter of this configuration`);
    }
    tf.tidy(() => variable?.assign(tf.tensor(data, shape)));
  }
}
