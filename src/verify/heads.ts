import { type Tensor, type Tensor3D, tf } from '../engine/tf.js';
import { type ReduceSequence, reduceSequences } from '../model/commonConfig.js';
import { RewardHead } from '../model/head/head.js';
import { tinyConfig } from '../model/presets.js';
import { variableOf } from '../model/weights/safetensors.js';
import type { Weights } from '../model/weights/weights.js';
import type { FixtureReader, Fixtures, Tensors } from './fixtures.js';
import { guarded, type Item, relativeError } from './measure.js';

/** Gradients below this share of the largest one are rounding: keys' biases have a true gradient of zero. */
const noise = 1e-2;

/** The reward heads of `heads/`: rewards with and without a mask, and all gradients. */
export async function* heads(fixtures: Fixtures): AsyncGenerator<Item> {
  for (const file of await fixtures.names('heads')) {
    if (!file.endsWith('.json')) continue;
    const name = file.slice(0, -'.json'.length);
    yield* guarded(`heads ${name}`, async function* () {
      yield* head(
        `heads ${name}`,
        await fixtures.json('heads', file),
        await fixtures.tensors('heads', `${name}.safetensors`),
      );
    });
  }
}

async function* head(name: string, io: FixtureReader, stored: Tensors): AsyncGenerator<Item> {
  const kind = io.text('reduce_sequence') as ReduceSequence;
  if (!reduceSequences.includes(kind)) throw new Error(`${io.where}: unknown reduce_sequence "${kind}"`);
  // The parameters and the hidden states: gradients are taken of both.
  const variables: Weights = new Map();
  try {
    for (const key of stored.names) {
      if (/^(grad|expected)\.|attention_mask$/.test(key)) continue;
      const { data, shape } = stored.floats(key);
      variables.set(key.replace('input.', ''), variableOf(data, shape));
    }
    const config = tinyConfig(io.number('vocab_size'));
    const model = new RewardHead(
      variables,
      {
        ...config,
        reduceSequence: kind,
        layers: io.numbers('hierarchical_query_attn_layers'),
        llm: { ...config.llm, hiddenSize: io.number('hidden_size') },
      },
      io.number('good_token_id'),
    );
    const states = Array.from({ length: io.number('num_hidden_states') }, (_, i) => {
      stored.get(`input.hidden_states.${i}`); // says so when it is missing
      return variables.get(`hidden_states.${i}`) as Tensor as Tensor3D;
    });
    const mask = () => tf.tensor2d(io.numbers('attention_mask'), [io.number('batch'), io.number('length')]);

    for (const [which, masked] of [
      ['masked', true],
      ['nomask', false],
    ] as const) {
      const rewards = tf.tidy(() => model.reward(states, masked ? mask() : null));
      const expected = io.object('expected').object(which).numbers('reward_scores');
      yield {
        name: `${name}: rewards ${masked ? 'with' : 'without'} a mask`,
        error: relativeError(await rewards.data(), expected),
      };
      rewards.dispose();
    }

    const { grads, value } = tf.variableGrads(
      () => tf.sum(model.reward(states, mask())),
      [...variables.values()],
    );
    const prefix = 'grad.masked.';
    const official = new Set(stored.names.filter((key) => key.startsWith(prefix)));
    const floor = noise * largest([...official].map((key) => stored.floats(key).data));
    let error = 0;
    for (const [key, variable] of variables) {
      const gradient = grads[variable.name] as Tensor | undefined;
      // A gradient is there where an official one is, and only there.
      const expected = official.delete(prefix + key) ? stored.floats(prefix + key).data : [];
      error = Math.max(error, relativeError(gradient ? await gradient.data() : [], expected, floor));
    }
    tf.dispose([value, grads] as Tensor[]);
    yield { name: `${name}: gradients`, error: official.size > 0 ? Number.POSITIVE_INFINITY : error };
  } finally {
    tf.dispose([...variables.values()]);
  }
}

/** The largest absolute value in some lists. */
export function largest(lists: readonly ArrayLike<number>[]): number {
  let most = 0;
  for (const list of lists) for (let i = 0; i < list.length; i++) most = Math.max(most, Math.abs(list[i]));
  return most;
}
