import { fileURLToPath } from 'node:url';
import { Random } from '../../src/base/random.js';
import type { Clip } from '../../src/data/clip.js';
import { dimensionPrompts } from '../../src/model/input/prompt.js';
import { Tokens } from '../../src/model/input/tokens.js';
import { create } from '../../src/model/load.js';
import { tinyConfig } from '../../src/model/presets.js';
import type { RewardModel } from '../../src/model/rewardModel.js';
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
  const model = await create(config, { seed, tokenizer, card });
  const processor = model.processor as unknown as Record<string, unknown>;
  processor.processMany = async (clips: Clip[], _: unknown, { signal }: { signal?: AbortSignal } = {}) => {
    await new Promise((resolve) => setImmediate(resolve));
    signal?.throwIfAborted();
    const broken = (clip: Clip) => clip.id.startsWith('broken');
    return {
      inputs: clips.map((clip) => (broken(clip) ? undefined : inputOf(model, clip))),
      failures: clips.filter(broken).map((clip) => ({ clip, reason: 'no video stream' })),
    };
  };
  return model;
}

/** Labels of so many made-up clips, half of them Pass. */
export function smallLabels(count: number, name = 'clip') {
  const rows: LabelRow[] = Array.from({ length: count }, (_, i) => ({
    clip: `${name}-${i % 2 === 0 ? 'pass' : 'fail'}-${i}`,
    pass: i % 2 === 0,
  }));
  return labelsOf(rows);
}

function inputOf(model: RewardModel, { id }: Clip) {
  const random = new Random(1, ...Buffer.from(id));
  const bright = id.includes('pass') ? 60 : 0;
  const pixels = Uint8Array.from({ length: 2 * 16 * 16 * 3 }, () => bright + random.integer(160));
  const { tokens } = model.processor;
  const context = tokens.id('<IMG_CONTEXT>');
  return { inputIds: Int32Array.from([1, context, context, 2, 3]), pixels, shape: [2, 16, 16] };
}
