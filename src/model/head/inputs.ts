import type { Tensor, Tensor2D, Tensor3D } from '../../engine/tf.js';
import type { Attended } from '../layers/queryAttention.js';
import type { Weights } from '../weights/weights.js';

/** What a reduction reads. */
export interface HeadInputs {
  weights: Weights;
  /** The hidden states that the hierarchical kinds read. */
  layers: Tensor3D[];
  /** The last hidden state, after the final norm: [B, N, H]. */
  last: Tensor3D;
  /** Additive mask [B, 1, N]; none where every token counts. */
  mask?: Tensor;
  /** [B, N]: 1 for a token; none where every token counts. */
  attentionMask?: Tensor2D;
  /** Is given where the queries look in the sequence. */
  attended?: Attended;
}
