// A model of 20,000 parameters whose clips are made up of their ids, and labels of such clips: training in seconds.
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { table } from 'arquero';

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const dist = (/** @type {string} */ path) => import(new URL(`../../dist/src/${path}`, import.meta.url).href);

/** @returns {Promise<any>} */
export async function smallModel() {
  const { create } = await dist('model/load.js');
  const { RewardModel } = await dist('model/rewardModel.js');
  const { Processor } = /** @type {{ Processor: any }} */ (await dist('model/input/processor.js'));
  const { tinyConfig } = await dist('model/presets.js');
  const { Tokens } = await dist('model/input/tokens.js');
  const { dimensionPrompts } = await dist('model/input/prompt.js');
  class MadeUpClips extends Processor {
    /** @param {{ id: string }[]} clips */
    async processMany(clips) {
      return { inputs: clips.map((clip) => this.madeUp(clip)), failures: [] };
    }

    /** @param {{ id: string }} clip */
    madeUp({ id }) {
      let state = [...id].reduce(
        (hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193),
        0x811c9dc5,
      );
      const bright = id.includes('pass') ? 60 : 0;
      const pixels = Uint8Array.from({ length: 2 * 16 * 16 * 3 }, () => {
        state = (Math.imul(state, 1664525) + 1013904223) | 0;
        return bright + ((state >>> 16) % 160);
      });
      const context = this.tokens.id('<IMG_CONTEXT>');
      return { inputIds: Int32Array.from([1, context, context, 2, 3]), pixels, shape: [2, 16, 16] };
    }
  }
  const tokenizer = join(root, 'assets', 'tiny');
  const tiny = tinyConfig((await Tokens.load(tokenizer)).size);
  const small = { hiddenSize: 16, intermediateSize: 32, heads: 2, layers: 2 };
  const config = {
    ...tiny,
    vision: { ...tiny.vision, ...small, imageSize: 16 },
    llm: { ...tiny.llm, ...small, keyValueHeads: 1 },
    ...{ downsampleRatio: 0.5, layers: [1, 2], numSegments: 2 },
  };
  const card = { dimension: 'physics', prompts: dimensionPrompts('physics') };
  const model = await create(config, { seed: 1, tokenizer, card });
  const { tokens, format } = model.processor;
  const reader = new /** @type {any} */ (MadeUpClips)(tokens, format);
  return new RewardModel(model.config, model.weights, reader, model.card);
}

/** Labels of so many made-up clips, half of them Pass. */
export function smallLabels(/** @type {number} */ count) {
  const places = Array.from({ length: count }, (_, i) => i);
  return table({
    clip: places.map((i) => `clip-${i % 2 === 0 ? 'pass' : 'fail'}-${i}`),
    dimension: places.map(() => 'physics'),
    pass: places.map((i) => i % 2 === 0),
    confidence: places.map(() => 1),
    votes: places.map(() => 1),
    promptId: places.map((i) => `p${i % 7}`),
    prompt: places.map((i) => `prompt ${i % 7}`),
    path: places.map((i) => `clip-${i}.mp4`),
  });
}
