import { bounds } from '../bounds.js';
import type { LlmConfig } from '../commonConfig.js';
import type { Json, JsonReader } from '../jsonReader.js';

/** What the decoder's section of an official `config.json` says in every family. */
export const decoderJson = (llm: LlmConfig): Json => ({
  hidden_size: llm.hiddenSize,
  intermediate_size: llm.intermediateSize,
  num_hidden_layers: llm.layers,
  num_attention_heads: llm.heads,
  num_key_value_heads: llm.keyValueHeads,
  vocab_size: llm.vocabSize,
  rope_theta: llm.ropeTheta,
  rms_norm_eps: llm.normEpsilon,
  max_position_embeddings: llm.maxPositions,
  use_sliding_window: false,
});

/**
 * The sizes of a decoder that the families name alike.
 * @param headSize the default of `head_dim`, where a family has that field.
 * @throws for heads into which the channels cannot be divided, or whose channels are not pairs, which are turned.
 */
export function readDecoder(llm: JsonReader, headSize?: number) {
  const hiddenSize = llm.whole('hidden_size', bounds.channels);
  const width = { name: 'hidden_size', value: hiddenSize };
  const heads =
    headSize === undefined
      ? llm.divisor('num_attention_heads', bounds.heads, width)
      : llm.whole('num_attention_heads', bounds.heads);
  const own = headSize === undefined ? undefined : llm.whole('head_dim', bounds.headSize, headSize);
  if (own !== undefined && own % 2 !== 0) llm.refuse('head_dim', 'an even number');
  if (own === undefined && (hiddenSize / heads) % 2 !== 0) {
    llm.refuse('num_attention_heads', `heads of an even number of channels, of ${hiddenSize}`);
  }
  return {
    hiddenSize,
    intermediateSize: llm.whole('intermediate_size', bounds.innerChannels),
    layers: llm.whole('num_hidden_layers', bounds.layers),
    heads,
    keyValueHeads: llm.divisor('num_key_value_heads', bounds.heads, {
      name: 'num_attention_heads',
      value: heads,
    }),
    ...(own !== undefined && { headSize: own }),
    normEpsilon: llm.number('rms_norm_eps', bounds.epsilon, 1e-6),
    maxPositions: llm.whole('max_position_embeddings', bounds.positions, 32_768),
  };
}
