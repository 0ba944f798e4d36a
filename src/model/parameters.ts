import {
  headSizeOf,
  type InternVLConfig,
  isInternVL,
  type LlmConfig,
  type QwenVLConfig,
  type RewardModelConfig,
  type VisionConfig,
} from './config.js';
import { parameterNames } from './parameterNames.js';

/** How a new parameter is drawn. */
export type Initial = 'zeros' | 'ones' | { normal: number } | { uniform: number };

/** A parameter of a model: its shape in PyTorch's layout, and its initial values. */
export interface ParameterSpec {
  shape: number[];
  initial: Initial;
}

/** Every parameter of a model by its official name, in the order of the computation. */
export function parameterSpecs(config: RewardModelConfig): Map<string, ParameterSpec> {
  return new Map([
    ...(isInternVL(config) ? internVLVisionSpecs(config) : qwenVisionSpecs(config)),
    ...llmSpecs(config),
    ...headSpecs(config),
  ]);
}

/** Parameters of the reward head alone. Initial values: official implementation (spec of new modules). */
export function headSpecs({ llm, layers, reduceSequence }: RewardModelConfig): Map<string, ParameterSpec> {
  const width = llm.hiddenSize;
  const query = (name: string, count = 1): Entry[] => [
    [`${name}.query.weight`, { shape: [count, width], initial: { normal: 1 } }],
    ...Array.from({ length: count }, (_, i) => attention(`${name}.attention.${i}`, width)).flat(),
  ];
  const reward: Entry[] = [
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

type Entry = [name: string, spec: ParameterSpec];

function internVLVisionSpecs({ vision, llm, downsampleRatio }: InternVLConfig): Entry[] {
  const merged = vision.hiddenSize / downsampleRatio ** 2;
  return [
    ...internVitSpecs(vision),
    ...norm('mlp1.0', merged),
    ...linear('mlp1.1', merged, llm.hiddenSize),
    ...linear('mlp1.3', llm.hiddenSize, llm.hiddenSize),
  ];
}

function internVitSpecs(vision: VisionConfig): Entry[] {
  const { hiddenSize: width, intermediateSize, patchSize, imageSize } = vision;
  const name = 'vision_model.embeddings';
  const positions = 1 + Math.floor(imageSize / patchSize) ** 2;
  const fan = 3 * patchSize * patchSize;
  const entries: Entry[] = [
    [`${name}.class_embedding`, { shape: [1, 1, width], initial: { normal: 0.02 } }],
    [`${name}.position_embedding`, { shape: [1, positions, width], initial: { normal: 0.02 } }],
    [
      `${name}.patch_embedding.weight`,
      { shape: [width, 3, patchSize, patchSize], initial: { normal: fan ** -0.5 } },
    ],
    [`${name}.patch_embedding.bias`, { shape: [width], initial: 'zeros' }],
  ];
  const bias = vision.normType === 'layer_norm';
  for (let i = 0; i < vision.layers; i++) {
    const layer = `vision_model.encoder.layers.${i}`;
    entries.push(
      ...norm(`${layer}.norm1`, width, bias),
      ...linear(`${layer}.attn.qkv`, width, 3 * width, vision.qkvBias),
      ...(vision.qkNormalization
        ? ['q', 'k'].flatMap((k) => norm(`${layer}.attn.${k}_norm`, width, false))
        : []),
      ...linear(`${layer}.attn.proj`, width, width),
      [`${layer}.ls1`, { shape: [width], initial: 'ones' }],
      ...norm(`${layer}.norm2`, width, bias),
      ...linear(`${layer}.mlp.fc1`, width, intermediateSize),
      ...linear(`${layer}.mlp.fc2`, intermediateSize, width),
      [`${layer}.ls2`, { shape: [width], initial: 'ones' }],
    );
  }
  return entries;
}

function qwenVisionSpecs({ family, vision, llm }: QwenVLConfig): Entry[] {
  const { hiddenSize: width, intermediateSize, patchSize, temporalPatchSize, mergeSize } = vision;
  const second = family === 'Qwen2.5-VL';
  const fan = 3 * temporalPatchSize * patchSize ** 2;
  const kernel = [width, 3, temporalPatchSize, patchSize, patchSize];
  const merged = width * mergeSize ** 2;
  const entries: Entry[] = [
    ['visual.patch_embed.proj.weight', { shape: kernel, initial: { normal: fan ** -0.5 } }],
  ];
  for (let i = 0; i < vision.layers; i++) {
    const block = `visual.blocks.${i}`;
    entries.push(
      ...norm(`${block}.norm1`, width, !second),
      ...linear(`${block}.attn.qkv`, width, 3 * width),
      ...linear(`${block}.attn.proj`, width, width),
      ...norm(`${block}.norm2`, width, !second),
      ...(second
        ? [
            ...linear(`${block}.mlp.gate_proj`, width, intermediateSize),
            ...linear(`${block}.mlp.up_proj`, width, intermediateSize),
            ...linear(`${block}.mlp.down_proj`, intermediateSize, width),
          ]
        : [
            ...linear(`${block}.mlp.fc1`, width, intermediateSize),
            ...linear(`${block}.mlp.fc2`, intermediateSize, width),
          ]),
    );
  }
  entries.push(
    ...norm('visual.merger.ln_q', width, !second),
    ...linear('visual.merger.mlp.0', merged, merged),
    ...linear('visual.merger.mlp.2', merged, llm.hiddenSize),
  );
  return entries;
}

/**
 * The decoder: inputs of a layer by fan-in, its outputs smaller the deeper the model, and embeddings of about the size
 * of visual tokens, so that neither drowns the other. Official checkpoints bring their own values.
 */
function llmSpecs(config: RewardModelConfig): Entry[] {
  const { llm } = config;
  const { decoder, projection } = parameterNames(config);
  const entries: Entry[] = [
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

function llmLayerSpecs(llm: LlmConfig, layer: string): Entry[] {
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

function linear(name: string, input: number, out: number, bias = true, deviation = 0.02): Entry[] {
  const weight: Entry = [`${name}.weight`, { shape: [out, input], initial: { normal: deviation } }];
  return bias ? [weight, [`${name}.bias`, { shape: [out], initial: 'zeros' }]] : [weight];
}

function norm(name: string, width: number, bias = true): Entry[] {
  const weight: Entry = [`${name}.weight`, { shape: [width], initial: 'ones' }];
  return bias ? [weight, [`${name}.bias`, { shape: [width], initial: 'zeros' }]] : [weight];
}

/** torch.nn.MultiheadAttention, packed; Xavier-uniform over the packed matrix: bound √(6 / 4H). */
function attention(name: string, width: number): Entry[] {
  return [
    [
      `${name}.in_proj_weight`,
      { shape: [3 * width, width], initial: { uniform: Math.sqrt(6 / (4 * width)) } },
    ],
    [`${name}.in_proj_bias`, { shape: [3 * width], initial: 'zeros' }],
    ...linear(`${name}.out_proj`, width, width),
  ];
}
