import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tf,
} from '../../src/engine/tf.js';
import { use } from '../../src/engine/use.js';
import { internVit } from '../../src/model/backbone/internVit.js';
import { InternVL } from '../../src/model/backbone/internvl.js';
import { RewardHead } from '../../src/model/head/head.js';
import { gatherRows } from '../../src/model/layers/gatherRows.js';
import { readTensors, readWeights, type StoredTensor } from '../../src/model/weights/safetensors.js';
import type { Weights } from '../../src/model/weights/weights.js';
import { engines } from '../engines.js';
import { describeShared } from '../shared.js';
import { goldenCheckpoint } from './golden.js';

for (const engine of await engines()) {
  describeShared(`internvl3-tiny on ${engine}`, () => {
    const { folder, config, io } = goldenCheckpoint('internvl3-tiny');
    let stored: Map<string, StoredTensor>;
    let weights: Weights;
    let backbone: InternVL;
    let head: RewardHead;
    const tensor = (name: string) => {
      const { data, shape, dtype } = stored.get(name) as StoredTensor;
      return tf.tensor(data, shape, dtype === 'I32' ? 'int32' : 'float32');
    };
    const expected = (name: string) => (stored.get(name) as StoredTensor).data;

    beforeAll(async () => {
      await use(engine);
      stored = await readTensors(join(folder, 'io.safetensors'));
      weights = await readWeights(join(folder, 'model.safetensors'));
      backbone = new InternVL(weights, config, io.img_context_token_id);
      head = new RewardHead(weights, config);
    });
    afterAll(() => tf.dispose([...weights.values()]));

    /** Visual tokens of the tiles that are no padding. */
    function kept(tokens: Tensor): Tensor2D {
      const flags = expected('input.image_flags');
      const rows = [...flags.keys()].filter((i) => flags[i] === 1);
      const flat = tf.reshape(tokens, [flags.length, -1]) as Tensor2D;
      return tf.reshape(gatherRows(flat, Int32Array.from(rows)), [-1, config.llm.hiddenSize]) as Tensor2D;
    }

    function forward(reader = head): Tensor1D {
      const visual = kept(backbone.encodeVision(tensor('input.pixel_values') as Tensor4D));
      const mask = tf.cast(tensor('input.attention_mask'), 'float32') as Tensor2D;
      const states = backbone.decode(tensor('input.input_ids') as Tensor2D, mask, visual);
      return reader.reward(states, mask);
    }

    it('has the official hidden states of the vision transformer and the projector', () => {
      tf.tidy(() => {
        const states = internVit(weights, config.vision, tensor('input.pixel_values') as Tensor4D);
        states.forEach((state, i) => {
          expect(state.dataSync()).toBeAllclose(expected(`vit.hidden_states.${i}`), { rtol: 1e-4 });
        });
        const projected = backbone.encodeVision(tensor('input.pixel_values') as Tensor4D);
        expect(projected.dataSync()).toBeAllclose(expected('projector_output'), { rtol: 1e-4 });
      });
    });

    it('has the official hidden states of the decoder where there are tokens', () => {
      tf.tidy(() => {
        const mask = tf.cast(tensor('input.attention_mask'), 'float32') as Tensor2D;
        const visual = kept(backbone.encodeVision(tensor('input.pixel_values') as Tensor4D));
        const states = backbone.decode(tensor('input.input_ids') as Tensor2D, mask, visual);
        const real = tf.expandDims(mask, 2);
        states.forEach((state, i) => {
          const there = tf.mul(tensor(`hidden_states.${i}`), real);
          expect(tf.mul(state, real).dataSync()).toBeAllclose(there.dataSync(), { rtol: 1e-4 });
        });
      });
    });

    it('has the official rewards', () => {
      tf.tidy(() => {
        expect(forward().dataSync()).toBeAllclose(expected('reward_scores'), { rtol: 1e-4 });
      });
    });

    it.each(['good', 'bad'])('has the official logit of "%s" at the last token', (word) => {
      const id = io[`${word}_token_id`];
      const logit = new RewardHead(weights, { ...config, reduceSequence: 'good_token' }, id);
      const { shape, data } = stored.get('logits_last') as StoredTensor;
      tf.tidy(() => {
        const official = [...data.keys()].filter((i) => i % shape[1] === id).map((i) => data[i]);
        expect(forward(logit).dataSync()).toBeAllclose(official, { rtol: 1e-4 });
      });
    });

    it('has the official gradient of the loss for every parameter', () => {
      // BT with margin 3: softplus(3 - (r0 - r1)).
      const loss = () => {
        const rewards = forward();
        const margin = tf.sub(tf.slice(rewards, 0, 1), tf.slice(rewards, 1, 1));
        return tf.sum(tf.softplus(tf.sub(3, margin))) as Scalar;
      };
      const { grads, value } = tf.variableGrads(loss, [...weights.values()]);
      for (const [name, variable] of weights) {
        const gradient = grads[variable.name];
        // The vocabulary is not computed.
        if (name === 'language_model.lm_head.weight') expect(gradient).toBeUndefined();
        else
          expect(gradient.dataSync(), name).toBeAllclose(expected(`grad.${name}`), {
            rtol: 1e-4,
            atol: 1e-6,
          });
      }
      tf.dispose([value, grads] as Tensor[]);
    });

    it('leaves no tensor behind', () => {
      const before = tf.memory().numTensors;
      tf.tidy(() => {
        forward();
      });
      expect(tf.memory().numTensors).toBe(before);
    });
  });
}
