import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { type Tensor2D, type Tensor3D, tf, type Variable } from '../../../src/engine/tf.js';
import { use } from '../../../src/engine/use.js';
import type { ReduceSequence } from '../../../src/model/commonConfig.js';
import type { RewardModelConfig } from '../../../src/model/config.js';
import { RewardHead } from '../../../src/model/head/head.js';
import { headSpecs } from '../../../src/model/parameters.js';
import { tinyConfig } from '../../../src/model/presets.js';
import { variableOf } from '../../../src/model/weights/safetensors.js';
import type { Weights } from '../../../src/model/weights/weights.js';
import { engines } from '../../support/engines.js';
import { formulaWeights, tensorOf } from '../../support/formula.js';

const lmHead = 'language_model.lm_head.weight';

function configOf(reduceSequence: ReduceSequence, width: number, layers: number[]): RewardModelConfig {
  const tiny = tinyConfig(40);
  return { ...tiny, reduceSequence, layers, llm: { ...tiny.llm, hiddenSize: width } };
}

for (const engine of await engines()) {
  describe(`RewardHead of formula weights on ${engine}`, () => {
    // Computed with the official modules in float64; H 16, layers 1, 2, 4: masked rows, then rows without a mask.
    const rewards: [ReduceSequence, number[]][] = [
      ['attention', [-0.45158092, -0.40839451, -0.45158092, -0.374616]],
      ['hierarchical_attention', [-3.10962874, -3.2250329, -3.10962874, -3.29368086]],
      ['hierarchical_attention-shared', [-3.12260692, -3.22653301, -3.12260692, -3.29346516]],
      ['hierarchical_attention-v2', [-2.22892564, -2.23071248, -2.22892564, -2.23295185]],
      ['progressive_hierarchical_attention', [-1.04324325, -1.07674564, -1.04324325, -1.16179175]],
      ['maxpool', [-1.39510688, -1.20618441, -1.39510688, -1.41403746]],
      ['meanpool', [-0.76019112, -0.68169965, -0.76019112, -0.73458056]],
      ['last_token_hidden_state', [-0.67978484, -0.69027178, -0.67978484, -0.88430319]],
    ];
    const state = (l: number) =>
      tensorOf<Tensor3D>([2, 5, 16], (i) => {
        const [b, s, c] = [Math.floor(i / 80), Math.floor(i / 16) % 5, i % 16];
        return Math.sin(0.3 * (c + 1) + 0.5 * s + 0.9 * l + 1.1 * b);
      });
    const states = () => [0, 1, 2, 3, 4].map(state);
    const halfMask = () => tf.tensor2d([1, 1, 1, 1, 1, 1, 1, 1, 0, 0], [2, 5]);
    let made: Variable[] = [];
    const headOf = (kind: ReduceSequence, layers = [1, 2, 4], width = 16) => {
      const config = configOf(kind, width, layers);
      const weights = formulaWeights(headSpecs(config), 0.5);
      made = [...weights.values()];
      return new RewardHead(weights, config);
    };
    beforeAll(async () => {
      await use(engine);
    });
    afterEach(() => tf.dispose(made));

    it.each(rewards)('%s', (kind, expected) => {
      const head = headOf(kind);
      tf.tidy(() => {
        const masked = head.reward(states(), halfMask()).dataSync();
        const unmasked = head.reward(states(), null).dataSync();
        expect([...masked, ...unmasked]).toBeAllclose(expected, { atol: 2e-6 });
      });
    });

    it('good_token reads the logit at the last token', () => {
      const table = tensorOf<Tensor2D>([3, 16], (i) => i / 10);
      const weights: Weights = new Map([[lmHead, variableOf(table.dataSync() as Float32Array, [3, 16])]]);
      made = [...weights.values()];
      const config = configOf('good_token', 16, []);
      tf.tidy(() => {
        const last = state(4).dataSync();
        const logit = (row: number, position: number) => {
          let sum = 0;
          for (let c = 0; c < 16; c++) sum += last[row * 80 + position * 16 + c] * ((16 + c) / 10);
          return sum;
        };
        const reward = new RewardHead(weights, config, 1).reward(states(), halfMask());
        expect(reward.dataSync()).toBeAllclose([logit(0, 4), logit(1, 2)], { rtol: 1e-5 });
        expect(() => new RewardHead(weights, config).reward(states(), null)).toThrow(
          'reward: good_token needs the token "good"',
        );
      });
      table.dispose();
    });

    it('counts a negative layer from the end', () => {
      const head = headOf('progressive_hierarchical_attention', [1, 2, -1]);
      tf.tidy(() => {
        expect(head.reward(states(), halfMask()).dataSync()).toBeAllclose([-1.04324325, -1.07674564], {
          atol: 2e-6,
        });
      });
    });

    it('drops hidden values in training, by a seed', () => {
      const evaluated = headOf('meanpool');
      const head = new RewardHead(evaluated.weights, { ...evaluated.config, rewardDropout: 0.5 });
      tf.tidy(() => {
        const rewards = (seed?: number) =>
          head.reward(states(), halfMask(), seed === undefined ? undefined : new Random(seed)).dataSync();
        expect(rewards()).toEqual(evaluated.reward(states(), halfMask()).dataSync());
        expect(rewards(1)).toEqual(rewards(1));
        expect(rewards(1)).not.toBeAllclose(rewards(), { rtol: 1e-3 });
        // Scaled up by what is dropped, the mean over many draws is the reward of evaluation.
        const draws = Array.from({ length: 400 }, (_, seed) => rewards(seed)[0]);
        const mean = draws.reduce((sum, reward) => sum + reward, 0) / draws.length;
        const deviation =
          Math.sqrt(draws.reduce((sum, reward) => sum + (reward - mean) ** 2, 0)) / draws.length;
        expect(Math.abs(mean - rewards()[0])).toBeLessThan(5 * deviation);
      });
    });

    it('says what is wrong with its inputs', () => {
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        const reward = (head: RewardHead, mask: Tensor2D | null) => () => head.reward(states(), mask);
        const head = headOf('meanpool', [99]);
        expect(reward(head, halfMask())).not.toThrow();
        expect(reward(head, tf.ones([2, 4]) as Tensor2D)).toThrow('expected a mask [2, 5], received [2,4]');
        expect(reward(head, tf.ones([1, 5]) as Tensor2D)).toThrow('expected a mask [2, 5], received [1,5]');
        const empty = tf.tensor2d([1, 1, 1, 1, 1, 0, 0, 0, 0, 0], [2, 5]);
        expect(reward(head, empty)).toThrow('reward: sequence 1 has no token');
        tf.dispose(made);
        const hpqa = 'progressive_hierarchical_attention';
        for (const index of [5, -6]) {
          expect(reward(headOf(hpqa, [1, 2, index]), null)).toThrow(
            `reward: there is no hidden state ${index}; the decoder has 4 layers`,
          );
          tf.dispose(made);
        }
        expect(reward(headOf(hpqa, []), null)).toThrow(`reward: ${hpqa} needs at least one layer`);
        tf.dispose(made);
        expect(reward(headOf('sum' as ReduceSequence), null)).toThrow('reward: unknown reduceSequence "sum"');
        tf.dispose(made);
        const narrow = headOf(hpqa, [0], 12);
        const twelve = [tf.zeros([2, 5, 12]) as Tensor3D];
        expect(() => narrow.reward(twelve, null)).toThrow('a width of 12 does not divide by its 8 heads');
        tf.dispose(made);
        expect(() => new RewardHead(new Map(), configOf('meanpool', 16, [])).reward(states(), null)).toThrow(
          'weights: there is no parameter "reward_head.0.weight"',
        );
      });
      expect(tf.memory().numTensors).toBe(before);
    });
  });
}
