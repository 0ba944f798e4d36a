import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tf,
} from '../../src/engine/tf.js';
import { type EngineName, use } from '../../src/engine/use.js';
import { internVit } from '../../src/model/family/internvl/internVit.js';
import type { VideoGrid } from '../../src/model/family/videoGrid.js';
import { RewardHead } from '../../src/model/head/head.js';
import { gatherRows } from '../../src/model/layers/gatherRows.js';
import { load } from '../../src/model/load.js';
import type { RewardModel } from '../../src/model/rewardModel.js';
import { readTensors, type StoredTensor } from '../../src/model/weights/safetensors.js';
import { Tensors } from '../../src/verify/fixtures.js';
import { Sample } from '../../src/verify/sample.js';
import { allEngines } from '../support/engines.js';
import { goldenCheckpoint } from '../support/goldenModel.js';

const names = ['internvl3-tiny', 'internvl3_5-tiny', 'qwen2_vl-tiny', 'qwen2_5_vl-tiny'] as const;
/** Milliseconds; software WebGPU is slow. */
const timeout = 240_000;
const cases = (await allEngines()).flatMap((engine) => names.map((name) => ({ engine, name })));
/** In software a forward pass takes 4 s, a gradient 12: what repeats the same operations is left to the other engines. */
const isSlow = (engine: EngineName) => engine === 'webgpu';
/** One of each family is enough on a slow engine: of all four the forward pass is compared. */
const gradients = new Set<string>(['internvl3_5-tiny', 'qwen2_5_vl-tiny']);

for (const { engine, name } of cases) {
  describe(`${name} on ${engine}`, () => {
    const { folder, config, io } = goldenCheckpoint(name);
    let stored: Map<string, StoredTensor>;
    let model: RewardModel;
    /** Computed once: vision takes most of the time on a slow engine. */
    let seen: Tensor2D;
    const expected = (key: string) => stored.get(key)!.data;
    const tensor = <T extends Tensor>(key: string) => {
      const { data, shape, dtype } = stored.get(key)!;
      return tf.tensor(data, shape, dtype === 'I32' ? 'int32' : 'float32') as T;
    };
    const length = () => stored.get('input.input_ids')!.shape[1];

    beforeAll(async () => {
      await use(engine);
      stored = await readTensors(join(folder, 'io.safetensors'));
      model = await load(folder);
      seen = tf.tidy(visual);
    }, timeout);
    afterAll(() => {
      seen.dispose();
      model.dispose();
    });

    /** The grids of the stored videos. */
    function grids(): VideoGrid[] {
      if (!stored.has('input.video_grid_thw')) return [];
      const seconds = stored.get('input.second_per_grid_ts')?.data;
      const all = [...expected('input.video_grid_thw')];
      return [0, 1].map((i) => {
        const [t, h, w] = all.slice(3 * i, 3 * i + 3);
        return { t, h, w, secondsPerGrid: seconds?.[i] ?? 1 };
      });
    }

    /** Tiles of InternVL; patches of Qwen-VL, made of the stored frames. */
    const pixels = () =>
      'imageSize' in config.vision
        ? tensor('input.pixel_values')
        : new Sample(model, new Tensors('io.safetensors', stored)).pixels();

    /** Visual tokens, without those of the padding tiles. */
    function visual(): Tensor2D {
      if (!('imageSize' in config.vision)) return model.encodeVision(pixels(), grids());
      const tokens = model.encodeVision(pixels());
      const flags = expected('input.image_flags');
      const kept = Int32Array.from(flags.keys()).filter((tile) => flags[tile] === 1);
      const tiles = tf.reshape(tokens, [flags.length, -1]) as Tensor2D;
      return tf.reshape(gatherRows(tiles, kept), [-1, config.llm.hiddenSize]) as Tensor2D;
    }

    const mask = () => tf.tensor2d(Float32Array.from(expected('input.attention_mask')), [2, length()]);
    /** What Qwen-VL takes for the positions of some rows of tokens. */
    const positions = (ids: ArrayLike<number>, flags: ArrayLike<number>, own = grids()) =>
      model.backbone.positions({ ids, mask: flags, length: length() }, own);
    const states = (tokens: Tensor2D) => {
      const places = positions(expected('input.input_ids'), expected('input.attention_mask'));
      return model.decode(tensor('input.input_ids'), mask(), tokens, grids(), places);
    };
    const rewards = (): Tensor1D => tf.tidy(() => model.reward(states(visual()), mask()));

    /** All that one forward pass computes; hidden states are 0 where there is padding. */
    function forward(): Record<string, Tensor> {
      const hidden = states(seen);
      const logits = (word: string) => {
        const id = io[`${word}_token_id`] ?? io.token_ids[word];
        return new RewardHead(model.weights, { ...config, reduceSequence: 'good_token' }, id);
      };
      return {
        rewards: model.reward(hidden, mask()),
        good: logits('good').reward(hidden, mask()),
        bad: logits('bad').reward(hidden, mask()),
        ...Object.fromEntries(hidden.map((state, i) => [`hidden_states.${i}`, realOnly(state)])),
      };
    }
    const realOnly = (state: Tensor) => tf.mul(state, tf.expandDims(mask(), 2));

    /** Hidden states of InternViT, and the visual tokens of all tiles or videos. */
    function visionPart(): Record<string, Tensor> {
      const projected = { projector_output: model.encodeVision(pixels(), grids()) };
      if (!('imageSize' in config.vision)) return projected;
      const hidden = internVit(model.weights, config.vision, pixels() as Tensor4D);
      const kept = [...hidden.entries()].filter(([i]) => stored.has(`vit.hidden_states.${i}`));
      return {
        ...projected,
        ...Object.fromEntries(kept.map(([i, state]) => [`vit.hidden_states.${i}`, state])),
      };
    }

    /** The values of what is computed, of which no tensor stays. */
    async function valuesOf(compute: () => Record<string, Tensor>): Promise<Record<string, Float32Array>> {
      const before = tf.memory().numTensors;
      const results = tf.tidy(compute);
      const values: Record<string, Float32Array> = {};
      for (const [key, result] of Object.entries(results))
        values[key] = (await result.data()) as Float32Array;
      tf.dispose(results);
      expect(tf.memory().numTensors).toBe(before);
      return values;
    }

    it(
      'has the official outputs of the vision part',
      async () => {
        const found = await valuesOf(visionPart);
        expect(Object.keys(found).length).toBeGreaterThan('imageSize' in config.vision ? 2 : 0);
        for (const [key, values] of Object.entries(found)) {
          expect(values, key).toBeAllclose(expected(key), { rtol: 1e-4 });
        }
      },
      timeout,
    );

    it(
      'has the official hidden states where there are tokens, rewards and logits',
      async () => {
        const found = await valuesOf(forward);
        // The last one is stored: all others act on it.
        const key = `hidden_states.${config.llm.layers}`;
        const there = await valuesOf(() => ({ official: realOnly(tensor<Tensor3D>(key)) }));
        expect(found[key]).toBeAllclose(there.official, { rtol: 1e-4 });
        expect(found.rewards).toBeAllclose(expected('reward_scores'), { rtol: 1e-4 });
        for (const word of ['good', 'bad']) {
          expect(found[word]).toBeAllclose(io.expected[`${word}_logits`], { rtol: 1e-4 });
        }
      },
      timeout,
    );

    it.skipIf(isSlow(engine))('has the same rewards with the padding on the left', async () => {
      const ids = expected('input.input_ids');
      const flags = expected('input.attention_mask');
      const lengths = io.lengths as number[];
      /** Turns each row so that its padding comes first. */
      const turned = (values: ArrayLike<number>) =>
        Array.from({ length: 2 * length() }, (_, i) => {
          const row = Math.floor(i / length());
          const from = (i - row * length() + lengths[row]) % length();
          return values[row * length() + from];
        });
      const { left } = await valuesOf(() => {
        const leftMask = tf.tensor2d(turned(flags), [2, length()]);
        const leftIds = tf.tensor2d(turned(ids), [2, length()], 'int32');
        const places = positions(turned(ids), turned(flags));
        const hidden = model.decode(leftIds, leftMask, seen, grids(), places);
        return { left: model.reward(hidden, leftMask) };
      });
      const official = io.expected.reward_scores_left_padded ?? io.expected.reward_scores;
      expect(left).toBeAllclose(official, { rtol: 1e-4 });
    });

    it.skipIf(isSlow(engine))('has the official reward of a whole row without a mask', async () => {
      const first = expected('input.input_ids').slice(0, length());
      const count = Array.from(first).filter((id) => id === placeholder()).length;
      const { reward } = await valuesOf(() => {
        const ids = tf.slice(tensor<Tensor2D>('input.input_ids'), 0, 1);
        const own = grids().slice(0, 1);
        const tokens = tf.slice(seen, 0, count);
        const ones = tf.ones([1, length()]) as Tensor2D;
        const places = positions(first, new Float32Array(length()).fill(1), own);
        return { reward: model.head.reward(model.decode(ids, ones, tokens, own, places), null) };
      });
      expect(reward).toBeAllclose(expected('reward_scores').slice(0, 1), { rtol: 1e-4 });
    });
    const placeholder = () => io.img_context_token_id ?? io.token_ids.video;

    it.skipIf(isSlow(engine) && !gradients.has(name))(
      'has the official gradient of the loss',
      async () => {
        // BT with margin 3: softplus(3 - (r0 - r1)).
        const loss = () => {
          const [chosen, rejected] = tf.split(rewards(), 2);
          return tf.sum(tf.softplus(tf.sub(3, tf.sub(chosen, rejected)))) as Scalar;
        };
        const before = tf.memory().numTensors;
        const names = model.parameters('all');
        const variables = names.map((name) => model.weights.get(name)!);
        const { grads, value } = tf.variableGrads(loss, variables);
        expect(await value.data()).toBeAllclose([io.expected.bt_loss_margin3], { rtol: 1e-4 });
        let squares = 0;
        for (const [i, name] of names.entries()) {
          const gradient = (await grads[variables[i].name].data()) as Float32Array;
          const norm = Math.hypot(...gradient);
          squares += norm ** 2;
          // Where the true gradient is zero, rounding is all there is.
          expect(norm, name).toBeAllclose(io.gradient.norms[name], { rtol: 1e-4, atol: 1e-5 });
          const official = stored.get(`grad.${name}`);
          if (official) expect(gradient, name).toBeAllclose(official.data, { rtol: 1e-4, atol: 1e-6 });
        }
        expect(Math.sqrt(squares)).toBeAllclose(io.expected.gradient_global_norm, { rtol: 1e-4 });
        tf.dispose([value, grads] as Tensor[]);
        expect(tf.memory().numTensors).toBe(before);
      },
      timeout,
    );
  });
}
