import { fileURLToPath } from 'node:url';
import { Random } from '../../src/base/random.js';
import type { Clip } from '../../src/data/clip.js';
import type { ClipInput } from '../../src/model/input/batch.js';
import { type ProcessedClips, Processor } from '../../src/model/input/processor.js';
import { dimensionPrompts, type Prompts } from '../../src/model/input/prompt.js';
import { Tokens } from '../../src/model/input/tokens.js';
import { create } from '../../src/model/load.js';
import { tinyConfig } from '../../src/model/presets.js';
import { RewardModel } from '../../src/model/rewardModel.js';
import { type LabelRow, labelsOf } from './labels.js';

const tokenizer = fileURLToPath(new URL('../../assets/tiny', import.meta.url));

/**
 * A reward model of 20,000 parameters. Its clips are made up, not read: bright ones pass, `broken` ones fail to load.
 * @param drop rate of drop path and dropout.
 */
export async function smallModel(seed = 1, drop = 0): Promise<RewardModel> {
  const tiny = tinyConfig((await Tokens.load(tokenizer)).size);
  const small = { hiddenSize: 16, intermediateSize: 32, heads: 2, layers: 2 };
  const config = {
    ...tiny,
    vision: { ...tiny.vision, ...small, imageSize: 16, dropPathRate: drop },
    rewardDropout: drop,
    llm: { ...tiny.llm, ...small, keyValueHeads: 1 },
    downsampleRatio: 0.5,
    layers: [1, 2],
    numSegments: 2,
  };
  const card = { dimension: 'physics', prompts: dimensionPrompts('physics') };
  return withMadeUpClips(await create(config, { seed, tokenizer, card }));
}

/** A model in whose place another one reads its clips by `reader`; the weights are the same ones. */
export const readBy = ({ config, weights, card }: RewardModel, reader: Processor): RewardModel =>
  new RewardModel(config, weights, reader, card);

/** The model, with clips that are made up of their ids. */
export const withMadeUpClips = (model: RewardModel): RewardModel =>
  readBy(model, new MadeUpClips(model.processor.tokens, model.processor.format));

/** Reads no file: bright clips pass, `broken` ones fail to load. */
export class MadeUpClips extends Processor {
  override async processMany(
    clips: readonly Clip[],
    _: Prompts,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<ProcessedClips> {
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    const broken = (clip: Clip) => clip.id.startsWith('broken');
    return {
      inputs: clips.map((clip) => (broken(clip) ? undefined : this.madeUp(clip))),
      failures: clips.filter(broken).map((clip) => ({ clip, reason: 'no video stream' })),
    };
  }

  private madeUp({ id }: Clip): ClipInput {
    const random = new Random(1, ...Buffer.from(id));
    const bright = id.includes('pass') ? 60 : 0;
    const pixels = Uint8Array.from({ length: 2 * 16 * 16 * 3 }, () => bright + random.integer(160));
    const context = this.tokens.id('<IMG_CONTEXT>');
    return { inputIds: Int32Array.from([1, context, context, 2, 3]), pixels, shape: [2, 16, 16] };
  }
}

/** Labels of so many made-up clips, half of them Pass. */
export function smallLabels(count: number, name = 'clip') {
  const rows: LabelRow[] = Array.from({ length: count }, (_, i) => ({
    clip: `${name}-${i % 2 === 0 ? 'pass' : 'fail'}-${i}`,
    pass: i % 2 === 0,
  }));
  return labelsOf(rows);
}
