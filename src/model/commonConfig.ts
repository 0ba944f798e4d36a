/** How the reward is read off the hidden states; the official values of `reduce_sequence`. */
export const reduceSequences = [
  'progressive_hierarchical_attention',
  'hierarchical_attention',
  'hierarchical_attention-shared',
  'hierarchical_attention-v2',
  'attention',
  'last_token_hidden_state',
  'meanpool',
  'maxpool',
  'good_token',
] as const;
export type ReduceSequence = (typeof reduceSequences)[number];

/** The language model: Qwen2, or Qwen3, which normalises queries and keys. */
export interface LlmConfig {
  hiddenSize: number;
  intermediateSize: number;
  layers: number;
  heads: number;
  keyValueHeads: number;
  /** Channels of a head. Default hiddenSize / heads. */
  headSize?: number;
  vocabSize: number;
  ropeTheta: number;
  normEpsilon: number;
  /** Longest sequence that the rotary positions are made for. */
  maxPositions: number;
  /** Biases of the projections of queries, keys and values. */
  attentionBias: boolean;
  /** RMS norms of each head's queries and keys. */
  queryKeyNorm: boolean;
  /** The vocabulary projection is the table of embeddings. */
  tieWordEmbeddings: boolean;
}

/** What the models of all families have. */
export interface CommonConfig {
  llm: LlmConfig;
  reduceSequence: ReduceSequence;
  /** Hidden states that the hierarchical heads read, from 1. */
  layers: number[];
  /** Share of the reward head's hidden values that are dropped in training. */
  rewardDropout: number;
}

/** Channels of a head of the language model. */
export const headSizeOf = ({ headSize, hiddenSize, heads }: LlmConfig): number =>
  headSize ?? hiddenSize / heads;
