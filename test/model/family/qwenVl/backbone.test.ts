import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Tensor2D, tf } from '../../../../src/engine/tf.js';
import { QwenVL } from '../../../../src/model/family/qwenVl/backbone.js';
import type { QwenVLConfig } from '../../../../src/model/family/qwenVl/config.js';
import { parameterSpecs } from '../../../../src/model/parameters.js';
import { published } from '../../../../src/model/presets.js';
import type { Weights } from '../../../../src/model/weights/weights.js';
import { describeEngines } from '../../../support/engines.js';
import { formulaWeights, tensorOf, wave } from '../../../support/formula.js';

const vision = { hiddenSize: 16, heads: 2, intermediateSize: 24, layers: 2, patchSize: 2 };
const llm = { hiddenSize: 16, intermediateSize: 24, layers: 2, heads: 2, keyValueHeads: 1, vocabSize: 12 };
const small: QwenVLConfig[] = [
  { ...published.qwen2_vl_2b, vision: { ...published.qwen2_vl_2b.vision, ...vision } },
  {
    ...published.qwen2_5_vl_3b,
    vision: { ...published.qwen2_5_vl_3b.vision, ...vision, windowSize: 8, fullAttentionLayers: [1] },
  },
].map((config) => ({ ...config, llm: { ...config.llm, ...llm }, ropeSections: [2, 1, 1] }) as QwenVLConfig);
const pad = 11;

for (const config of small) {
  await describeEngines(config.family, () => {
    let weights: Weights;
    let model: QwenVL;
    const grids = [
      { t: 2, h: 6, w: 4, secondsPerGrid: 1 },
      { t: 1, h: 2, w: 6, secondsPerGrid: 1 },
    ];
    const patches = () => tensorOf<Tensor2D>([60, 24], wave);
    beforeAll(() => {
      weights = formulaWeights(parameterSpecs(config), 0.3);
      model = new QwenVL(weights, config, pad);
    });
    afterAll(() => tf.dispose([...weights.values()]));

    it('encodes each frame of each video by itself', () => {
      tf.tidy(() => {
        const together = model.encodeVision(patches(), grids).arraySync();
        expect(together).toHaveLength(15);
        const frame = (start: number, h: number, w: number) =>
          model
            .encodeVision(tf.slice(patches(), start, h * w), [{ t: 1, h, w, secondsPerGrid: 1 }])
            .arraySync();
        const apart = [...frame(0, 6, 4), ...frame(24, 6, 4), ...frame(48, 2, 6)];
        expect(together).toBeAllclose(apart, { rtol: 1e-5 });
      });
    });

    it('does not mind padding, on either side, nor what else is in the batch', () => {
      tf.tidy(() => {
        const visual = model.encodeVision(patches(), grids);
        const first = [1, 2, ...new Array(12).fill(pad), 3];
        const second = [4, pad, pad, pad, 5];
        const fill = new Array(10).fill(0);
        const last = (rows: number[][], masks: number[][]) =>
          model
            .decode(tf.tensor2d(rows, undefined, 'int32'), tf.tensor2d(masks), visual, grids)
            .map((state) => state.arraySync());
        const ones = (n: number) => new Array(n).fill(1);
        const right = last([first, [...second, ...fill]], [ones(15), [...ones(5), ...fill]]);
        const left = last([first, [...fill, ...second]], [ones(15), [...fill, ...ones(5)]]);
        const alone = model
          .decode(tf.tensor2d([second], undefined, 'int32'), tf.ones([1, 5]), tf.slice(visual, 12), [
            grids[1],
          ])
          .map((state) => state.arraySync());
        alone.forEach((state, i) => {
          expect(right[i][1].slice(0, 5)).toBeAllclose(state[0], { rtol: 1e-4 });
          expect(left[i][1].slice(10)).toBeAllclose(state[0], { rtol: 1e-4 });
        });
      });
    });

    it('says what is wrong with its inputs, and leaves no tensor behind', () => {
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        expect(() => model.encodeVision(patches(), grids.slice(0, 1))).toThrow(
          'encodeVision: 60 patches, but the grids of the videos have 48',
        );
        const decode = (ids: number[], tokens: number) => () =>
          model.decode(
            tf.tensor2d([ids], undefined, 'int32'),
            tf.ones([1, ids.length]),
            tf.zeros([tokens, 16]),
            grids.slice(1),
          );
        expect(decode([1, pad, pad], 3)).toThrow('decode: 2 placeholders in the ids, but 3 visual tokens');
        expect(decode([pad, 1, pad, pad], 3)).toThrow('decode: 1 placeholders in the ids for video 1, but 3');
        expect(decode([1, pad, pad, pad], 3)).not.toThrow();
      });
      expect(tf.memory().numTensors).toBe(before);
    });
  });
}
