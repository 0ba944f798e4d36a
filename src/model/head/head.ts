import type { Random } from '../../base/random.js';
import { valuesAtHand } from '../../engine/recording.js';
import { type Tensor, type Tensor1D, type Tensor2D, type Tensor3D, tf } from '../../engine/tf.js';
import type { RewardModelConfig } from '../config.js';
import { paddingMask } from '../layers/attention.js';
import { dropout } from '../layers/dropout.js';
import { linearOf } from '../layers/linear.js';
import type { Attended } from '../layers/queryAttention.js';
import { parameterNames } from '../parameterNames.js';
import { parameter, type Weights } from '../weights/weights.js';
import { hierarchicalAttention } from './hierarchicalAttention.js';
import type { HeadInputs } from './inputs.js';
import { attentionReduce } from './lastLayerAttention.js';
import { lastToken, maxPool, meanPool } from './pooling.js';
import { progressiveAttention } from './progressiveAttention.js';

/** Reads one reward off the hidden states of each sequence. */
export class RewardHead {
  /** @param goodTokenId id of the token "good", which the kind `good_token` needs. */
  constructor(
    readonly weights: Weights,
    readonly config: RewardModelConfig,
    readonly goodTokenId?: number,
  ) {}

  /**
   * Rewards: w · silu(W x + b), x what `reduceSequence` makes of the hidden states; for `good_token` the logit of
   * "good" at the last token. Source: official implementation; HPQA is section 3 of the paper.
   * @param hiddenStates L + 1 tensors [B, N, H]. @param attentionMask [B, N], or null to read every token.
   * @param random of the dropout of x's hidden values, in training; none in evaluation.
   * @param attended is given where the queries look; a kind without a query does not call it.
   * @returns [B].
   * @throws when the mask has another shape, a sequence has no token at all, or there is no such layer.
   */
  reward(
    hiddenStates: Tensor3D[],
    attentionMask: Tensor2D | null,
    random?: Random,
    attended?: Attended,
  ): Tensor1D {
    return tf.tidy(() => {
      const last = hiddenStates[hiddenStates.length - 1];
      if (attentionMask) checkMask(attentionMask, last);
      const inputs: HeadInputs = {
        weights: this.weights,
        layers: this.layersOf(hiddenStates),
        last,
        mask: attentionMask ? paddingMask(attentionMask) : undefined,
        attentionMask: attentionMask ?? undefined,
        attended,
      };
      if (this.config.reduceSequence === 'good_token') return this.goodLogit(inputs);
      const reduced = this.reduce(inputs);
      const hidden = linearOf(this.weights, 'reward_head.0', reduced);
      const active = tf.mul(hidden, tf.sigmoid(hidden)) as Tensor2D;
      const kept = dropout(active, this.config.rewardDropout, random);
      return tf.reshape(linearOf(this.weights, 'reward_head.3', kept), [-1]) as Tensor1D;
    });
  }

  /** The hidden states that the hierarchical kinds read; the others read the last one alone. */
  private layersOf(hiddenStates: Tensor3D[]): Tensor3D[] {
    const { reduceSequence, layers } = this.config;
    if (!reduceSequence.includes('hierarchical')) return [];
    if (layers.length === 0) {
      throw new RangeError(`reward: ${reduceSequence} needs at least one layer, received none`);
    }
    return layers.map((index) => layerAt(hiddenStates, index));
  }

  private reduce(inputs: HeadInputs): Tensor2D {
    switch (this.config.reduceSequence) {
      case 'progressive_hierarchical_attention':
        return progressiveAttention(inputs);
      case 'hierarchical_attention':
        return hierarchicalAttention(inputs, { shared: false, final: true });
      case 'hierarchical_attention-shared':
        return hierarchicalAttention(inputs, { shared: true, final: true });
      case 'hierarchical_attention-v2':
        return hierarchicalAttention(inputs, { shared: false, final: false });
      case 'attention':
        return attentionReduce(inputs);
      case 'last_token_hidden_state':
        return lastToken(inputs);
      case 'meanpool':
        return meanPool(inputs);
      case 'maxpool':
        return maxPool(inputs);
      default:
        throw new RangeError(`reward: unknown reduceSequence "${this.config.reduceSequence}"`);
    }
  }

  private goodLogit(inputs: HeadInputs): Tensor1D {
    if (this.goodTokenId === undefined) {
      throw new Error('reward: good_token needs the token "good", which the tokenizer does not have');
    }
    const { projection, decoder } = parameterNames(this.config);
    const name = projection ?? `${decoder}.embed_tokens.weight`;
    const table = parameter(this.weights, name) as Tensor as Tensor2D;
    const row = tf.slice(table, [this.goodTokenId, 0], [1, table.shape[1]]);
    return tf.reshape(tf.matMul(lastToken(inputs), row as Tensor2D, false, true), [-1]) as Tensor1D;
  }
}

function layerAt(states: Tensor3D[], index: number): Tensor3D {
  const found = states.at(index);
  if (found) return found;
  throw new RangeError(
    `reward: there is no hidden state ${index}; the decoder has ${states.length - 1} layers`,
  );
}

function checkMask(mask: Tensor2D, sequence: Tensor3D): void {
  const [batch, length] = sequence.shape;
  if (mask.shape[0] !== batch || mask.shape[1] !== length) {
    throw new RangeError(`reward: expected a mask [${batch}, ${length}], received [${mask.shape}]`);
  }
  const values = valuesAtHand(mask);
  if (!values) return;
  for (let row = 0; row < batch; row++) {
    if (!values.subarray(row * length, (row + 1) * length).some((value) => value > 0)) {
      throw new RangeError(`reward: sequence ${row} has no token; every row of the mask needs one`);
    }
  }
}
