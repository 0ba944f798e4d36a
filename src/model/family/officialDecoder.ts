import type { LlmConfig } from '../commonConfig.js';
import type { Json } from '../jsonReader.js';

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
