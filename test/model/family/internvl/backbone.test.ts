import { afterAll, beforeAll, expect, it } from 'vitest';
import { Random } from '../../../../src/base/random.js';
import {
  type Rank,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tf,
  type Variable,
} from '../../../../src/engine/tf.js';
import type { RewardModelConfig } from '../../../../src/model/config.js';
import { InternVL } from '../../../../src/model/family/internvl/backbone.js';
import { internVit } from '../../../../src/model/family/internvl/internVit.js';
import { RewardHead } from '../../../../src/model/head/head.js';
import { initialize } from '../../../../src/model/initialize.js';
import { parameterSpecs } from '../../../../src/model/parameters.js';
import { tinyConfig } from '../../../../src/model/presets.js';
import type { Weights } from '../../../../src/model/weights/weights.js';
import { describeEngines } from '../../../support/engines.js';
import { formulaWeights, tensorOf, wave } from '../../../support/formula.js';

const tiny = tinyConfig(32);
const config: RewardModelConfig = {
  ...tiny,
  vision: { ...tiny.vision, hiddenSize: 16, heads: 2, intermediateSize: 32, imageSize: 56, patchSize: 14 },
  llm: { ...tiny.llm, hiddenSize: 16, intermediateSize: 32, ropeTheta: 1e6 },
  downsampleRatio: 0.5,
};
const imageContext = 31;
const rows = [
  [1, 2, 31, 31, 31, 31, 3, 4, 5, 6],
  [1, 2, 31, 31, 31, 31, 3, 4, 0, 0],
];

await describeEngines('InternVL of formula weights', () => {
  let weights: Weights;
  let model: InternVL;
  const pixels = () => tensorOf<Tensor4D>([2, 3, 56, 56], (i) => Math.sin(0.01 * i));
  const ids = () => tf.tensor2d(rows, [2, 10], 'int32');
  const mask = () => tf.tensor2d([...Array(18).fill(1), 0, 0], [2, 10]);
  const visual = () => tf.reshape(model.encodeVision(pixels()), [8, 16]) as Tensor2D;
  beforeAll(() => {
    weights = formulaWeights(parameterSpecs(config), 0.2);
    model = new InternVL(weights, config, imageContext);
  });
  afterAll(() => tf.dispose([...weights.values()]));

  // The expected numbers were computed with the official modules in float64.
  it('has the official visual tokens', () => {
    tf.tidy(() => {
      const tokens = model.encodeVision(pixels());
      expect(tokens.shape).toEqual([2, 4, 16]);
      const [first] = tokens.arraySync() as number[][][];
      expect(first.slice(0, 3).map((token) => token.slice(0, 4))).toBeAllclose(
        [
          [-0.110239, 1.07284, 0.73108, -0.552363],
          [0.408219, 0.51178, -0.015174, -0.294289],
          [-0.80852, 0.084414, 1.028051, 0.556636],
        ],
        { atol: 3e-6 },
      );
      expect(first.map((token) => token.reduce((a, b) => a + b) / 16)).toBeAllclose(
        [0.07457, 0.06011, -0.034982, 0.066364],
        { atol: 3e-6 },
      );
    });
  });

  it('has the official hidden states and rewards', () => {
    tf.tidy(() => {
      const states = model.decode(ids(), mask(), visual());
      const read = states.map((state) => {
        const values = state.arraySync() as number[][][];
        return [...values[0][9].slice(0, 4), ...values[1][7].slice(0, 4)];
      });
      expect(read).toBeAllclose(
        [
          [-0.079837, -0.179196, -0.194276, -0.117985, 0.000355, 0.129115, 0.19715, 0.172462],
          [0.536291, 1.023744, -0.348187, -1.334705, 0.316511, 0.029824, -0.213007, 0.16605],
          [0.568454, 1.012625, -0.381725, -1.350451, 0.26242, -0.045119, -0.26803, 0.255632],
          [0.604085, 0.940575, -0.38855, -1.302336, 0.236256, -0.143838, -0.33392, 0.392797],
          [0.702904, 1.198494, -0.55265, -1.72078, 0.39935, -0.558363, -0.985505, 1.31908],
        ],
        { atol: 5e-6 },
      );
      const reward = new RewardHead(weights, config).reward(states, mask());
      expect(reward.dataSync()).toBeAllclose([-0.15388657, -0.15381351], { atol: 1e-6 });
    });
  });

  it('reads the logit of "good", at the last token', () => {
    tf.tidy(() => {
      const head = new RewardHead(weights, { ...config, reduceSequence: 'good_token' }, 7);
      const reward = head.reward(model.decode(ids(), mask(), visual()), mask());
      expect(reward.dataSync()).toBeAllclose([-0.22095172, 0.06216202], { atol: 3e-6 });
    });
  });

  it('leaves no tensor behind', () => {
    tf.tidy(() => {
      const inputs = [ids(), mask(), visual()] as const;
      const before = tf.memory().numTensors;
      const states = model.decode(...inputs);
      expect(tf.memory().numTensors).toBe(before + config.llm.layers + 1);
      tf.dispose(states);
    });
  });

  it('keeps nothing of a layer but its hidden state', async () => {
    const peaks = async (layers: number) => {
      const { vision, llm } = config;
      const deep = { ...config, vision: { ...vision, layers }, llm: { ...llm, layers } };
      const weights = initialize(parameterSpecs(deep), 1);
      const inputs = [pixels(), ids(), mask(), tf.tidy(visual)] as const;
      const model = new InternVL(weights, deep, imageContext);
      const before = tf.memory().numBytes;
      const peak = async (compute: () => Tensor3D | Tensor3D[]) => {
        const { peakBytes, result } = await tf.profile(compute);
        tf.dispose(result);
        return peakBytes - before;
      };
      const [tiles, ...text] = inputs;
      const found = [await peak(() => model.encodeVision(tiles)), await peak(() => model.decode(...text))];
      tf.dispose([...weights.values(), ...inputs]);
      return found;
    };
    const [shallow, deep] = [await peaks(2), await peaks(6)];
    // float32 hidden states: [2, 17, 16] of the vision transformer, [2, 10, 16] of the decoder.
    expect(deep[0] - shallow[0]).toBeLessThanOrEqual(4 * 4 * 2 * 17 * 16);
    expect(deep[1] - shallow[1]).toBeLessThanOrEqual(4 * 4 * 2 * 10 * 16);
  });

  it('says what is wrong with its inputs, and leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const tokens = tf.zeros([7, 16]) as Tensor2D;
      expect(() => model.decode(ids(), mask(), tokens)).toThrow(
        'decode: 8 placeholders in the ids, but 7 visual tokens',
      );
      const short = new InternVL(
        weights,
        { ...config, llm: { ...config.llm, maxPositions: 9 } },
        imageContext,
      );
      expect(() => short.decode(ids(), mask(), tokens)).toThrow(
        'decode: 10 tokens, but the model has positions for 9',
      );
      expect(() => model.encodeVision(tf.zeros([1, 3, 28, 28]))).toThrow(
        'encodeVision: tiles of 4 patches, but the model has positions for 16',
      );
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});

await describeEngines('InternViT', () => {
  const pixels = () => tensorOf<Tensor4D>([1, 3, 56, 56], wave);

  it('adds nothing where its layer scales are zero', () => {
    const weights = initialize(parameterSpecs(config), 1);
    tf.tidy(() => {
      for (const [name, variable] of weights)
        if (/\.ls[12]$/.test(name)) variable.assign(tf.zerosLike(variable));
      const [embeddings, ...others] = internVit(weights, config.vision, pixels());
      for (const state of others) expect(state.dataSync()).toEqual(embeddings.dataSync());
    });
    tf.dispose([...weights.values()]);
  });

  it('drops paths of whole tiles in training, more the deeper the layer', () => {
    const vision = { ...config.vision, layers: 3, dropPathRate: 0.8 };
    const weights = initialize(parameterSpecs({ ...config, vision }), 1);
    tf.tidy(() => {
      const tiles = tensorOf<Tensor4D>([40, 3, 56, 56], wave);
      const states = (seed?: number) =>
        internVit(weights, vision, tiles, seed === undefined ? undefined : new Random(seed)).map(
          (state) => state.arraySync() as number[][][],
        );
      const [evaluated, trained] = [states(), states(1)];
      expect(states(1)).toEqual(trained);
      expect(trained.slice(0, 2)).toEqual(evaluated.slice(0, 2));
      // Tiles that passed both of a layer's branches by: (rate of the layer)² of 40.
      const unchanged = [1, 2].map(
        (layer) => trained[layer].filter((tile, i) => String(tile) === String(trained[layer + 1][i])).length,
      );
      expect(unchanged[0]).toBeGreaterThan(0);
      expect(unchanged[0]).toBeLessThan(15);
      expect(unchanged[1]).toBeGreaterThan(17);
      expect(unchanged[1]).toBeLessThan(35);
    });
    tf.dispose([...weights.values()]);
  });

  it('normalises queries and keys over all heads, and with RMS norms, where the configuration says so', () => {
    const vision = {
      ...config.vision,
      layers: 1,
      qkNormalization: true,
      qkvBias: false,
      normType: 'rms_norm' as const,
    };
    const weights = formulaWeights(parameterSpecs({ ...config, vision }), 0.2);
    const layer = 'vision_model.encoder.layers.0';
    expect(weights.has(`${layer}.attn.qkv.bias`)).toBe(false);
    expect(weights.has(`${layer}.norm1.bias`)).toBe(false);
    tf.tidy(() => {
      const output = (qkNormalization = true) =>
        internVit(weights, { ...vision, qkNormalization }, pixels())[1].dataSync();
      const [normalized, plain] = [output(), output(false)];
      // Rows of the packed projection: 16 of queries, of keys, of values; a head has 8.
      const qkv = weights.get(`${layer}.attn.qkv.weight`) as Variable<Rank.R2>;
      const original = tf.keep(qkv.clone());
      const scale = (factor: (row: number) => number) =>
        qkv.assign(tf.mul(original, tensorOf([48, 1], factor)));
      scale((row) => (row < 16 ? 50 : row < 32 ? 100 : 1));
      expect(output()).toBeAllclose(normalized, { rtol: 1e-4 });
      expect(output(false)).not.toBeAllclose(plain, { rtol: 1e-2 });
      scale((row) => (row < 8 ? 50 : 1));
      expect(output()).not.toBeAllclose(normalized, { rtol: 1e-2 });
      original.dispose();
    });
    tf.dispose([...weights.values()]);
  });

  it('gives the chosen hidden state to the projector', () => {
    const weights = initialize(parameterSpecs(config), 1);
    tf.tidy(() => {
      const encode = (selectLayer: number) =>
        (
          new InternVL(weights, { ...config, selectLayer }, imageContext).encodeVision(pixels()) as Tensor3D
        ).dataSync();
      expect(encode(2)).toEqual(encode(-1));
      expect(encode(0)).not.toBeAllclose(encode(-1), { rtol: 1e-3 });
    });
    tf.dispose([...weights.values()]);
  });
});
