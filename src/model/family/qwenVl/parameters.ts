import { linear, norm, type Parameters } from '../../parameterSpec.js';
import type { QwenVLConfig } from './config.js';

/** Parameters of Qwen-VL's vision transformer and merger. */
export function visionParameters({ family, vision, llm }: QwenVLConfig): Parameters {
  const { hiddenSize: width, intermediateSize, patchSize, temporalPatchSize, mergeSize } = vision;
  const second = family === 'Qwen2.5-VL';
  const fan = 3 * temporalPatchSize * patchSize ** 2;
  const kernel = [width, 3, temporalPatchSize, patchSize, patchSize];
  const merged = width * mergeSize ** 2;
  const entries: Parameters = [
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
