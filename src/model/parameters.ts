import { headSizeOf, type LlmConfig } from './commonConfig.js';
import type { RewardModelConfig } from './config.js';
import { familyOf } from './family/familyOf.js';
import { parameterNames } from './parameterNames.js';
import { linear, norm, type ParameterSpec, type Parameters } from './parameterSpec.js';

/** Every parameter of a model by its official name, in the order of the computation. */
export function parameterSpecs(config: RewardModelConfig): Map<string, ParameterSpec> {
  return new Map([...familyOf(config).visionParameters(config), ...llmSpecs(config), ...headSpecs(config)]);
}

/** Parameters of the reward head alone. Initial values: official implementation (spec of new modules). */
export function headSpecs({ llm, layers, reduceSequence }: RewardModelConfig): Map<string, ParameterSpec> {
  const width = llm.hiddenSize;
  const query = (name: string, count = 1): Parameters => [
    [`${name}.query.weight`, { shape: [count, width], initial: { normal: 1 } }],
    ...Array.from({ length: count }, (_, i) => attention(`${name}.attention.${i}`, width)).flat(),
  ];
  const reward: Parameters = [
    ...linear('reward_head.0', width, width),
    ['reward_head.3.weight', { shape: [1, width], initial: { normal: 0.02 } }],
  ];
  const final = query('attention_query_final_layer');
  const many = [
    ...query('attention_query_multi_layer', layers.length),
    ...query('attention_query_multi_layer_reduce'),
  ];
  switch (reduceSequence) {
    case 'progressive_hierarchical_attention':
      return new Map([
        ...query('attention_query_first_layer'),
        ...layers.slice(1).flatMap((_, i) => attention(`attention_query_other_layers.${i}`, width)),
        ...final,
        ...reward,
      ]);
    case 'hierarchical_attention':
    case 'hierarchical_attention-shared':
      return new Map([...many, ...final, ...reward]);
    case 'hierarchical_attention-v2':
      return new Map([...many, ...reward]);
    case 'attention':
      return new Map([...query('attention_query'), ...reward]);
    case 'good_token':
      return new Map();
    default:
      return new Map(reward);
  }
}

/**
 * The decoder: inputs of a layer by fan-in, its outputs smaller the deeper the model, and embeddings of about the size
 * of visual tokens, so that neither drowns the other. Official checkpoints bring their own values.
 */
function llmSpecs(config: RewardModelConfig): Parameters {
  const { llm } = config;
  const { decoder, projection } = parameterNames(config);
  const entries: Parameters = [
    [`${decoder}.embed_tokens.weight`, { shape: [llm.vocabSize, llm.hiddenSize], initial: { normal: 0.5 } }],
  ];
  for (let i = 0; i < llm.layers; i++) entries.push(...llmLayerSpecs(llm, `${decoder}.layers.${i}`));
  entries.push(...norm(`${decoder}.norm`, llm.hiddenSize, false));
  if (projection) {
    const shape = [llm.vocabSize, llm.hiddenSize];
    entries.push([projection, { shape, initial: { normal: 0.02 } }]);
  }
  return entries;
}

function llmLayerSpecs(llm: LlmConfig, layer: string): Parameters {
  const { hiddenSize: width, intermediateSize, attentionBias, queryKeyNorm } = llm;
  const headSize = headSizeOf(llm);
  const [wide, narrow] = [headSize * llm.heads, headSize * llm.keyValueHeads];
  const inner = width ** -0.5;
  const outer = (fan: number) => (2 * llm.layers * fan) ** -0.5;
  const attention = `${layer}.self_attn`;
  return [
    ...norm(`${layer}.input_layernorm`, width, false),
    ...linear(`${attention}.q_proj`, width, wide, attentionBias, inner),
    ...linear(`${attention}.k_proj`, width, narrow, attentionBias, inner),
    ...linear(`${attention}.v_proj`, width, narrow, attentionBias, inner),
    ...(queryKeyNorm ? ['q', 'k'].flatMap((k) => norm(`${attention}.${k}_norm`, headSize, false)) : []),
    ...linear(`${attention}.o_proj`, wide, width, false, outer(wide)),
    ...norm(`${layer}.post_attention_layernorm`, width, false),
    ...linear(`${layer}.mlp.gate_proj`, width, intermediateSize, false, inner),
    ...linear(`${layer}.mlp.up_proj`, width, intermediateSize, false, inner),
    ...linear(`${layer}.mlp.down_proj`, intermediateSize, width, false, outer(intermediateSize)),
  ];
}

/** torch.nn.MultiheadAttention, packed; Xavier-uniform over the packed matrix: bound √(6 / 4H). */
function attention(name: string, width: number): Parameters {
  return [
    [
      `${name}.in_proj_weight`,
      { shape: [3 * width, width], initial: { uniform: Math.sqrt(6 / (4 * width)) } },
    ],
    [`${name}.in_proj_bias`, { shape: [3 * width], initial: 'zeros' }],
    ...linear(`${name}.out_proj`, width, width),
  ];
}
