import { linear, norm, type Parameters } from '../../parameterSpec.js';
import type { InternVLConfig, VisionConfig } from './config.js';

/** Parameters of InternViT and of the projector. */
export function visionParameters({ vision, llm, downsampleRatio }: InternVLConfig): Parameters {
  const merged = vision.hiddenSize / downsampleRatio ** 2;
  return [
    ...internVitSpecs(vision),
    ...norm('mlp1.0', merged),
    ...linear('mlp1.1', merged, llm.hiddenSize),
    ...linear('mlp1.3', llm.hiddenSize, llm.hiddenSize),
  ];
}

function internVitSpecs(vision: VisionConfig): Parameters {
  const { hiddenSize: width, intermediateSize, patchSize, imageSize } = vision;
  const name = 'vision_model.embeddings';
  const positions = 1 + Math.floor(imageSize / patchSize) ** 2;
  const fan = 3 * patchSize * patchSize;
  const entries: Parameters = [
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
