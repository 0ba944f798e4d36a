import { describe, expect, it } from 'vitest';
import { reduceSequences } from '../../src/model/commonConfig.js';
import type { ParameterSpec } from '../../src/model/parameterSpec.js';
import { headSpecs, parameterSpecs } from '../../src/model/parameters.js';
import { published, tinyConfig } from '../../src/model/presets.js';
import { readTensors, type StoredTensor } from '../../src/model/weights/safetensors.js';
import { goldenPath } from '../support/goldenFolder.js';
import { goldenCheckpoint, goldenJson } from '../support/goldenModel.js';

const shapes = (tensors: ReadonlyMap<string, ParameterSpec | StoredTensor>) =>
  [...tensors].map(([name, { shape }]) => `${name} [${shape}]`).sort();

describe('parameterSpecs', () => {
  it('has the parameters of the published 1B model', () => {
    const specs = parameterSpecs(published.internvl3_1b);
    expect(specs.get('vision_model.embeddings.position_embedding')?.shape).toEqual([1, 1025, 1024]);
    expect(specs.get('mlp1.1.weight')?.shape).toEqual([896, 4096]);
    expect(specs.get('language_model.model.layers.23.self_attn.k_proj.weight')?.shape).toEqual([128, 896]);
    expect(specs.get('language_model.lm_head.weight')?.shape).toEqual([151_674, 896]);
    expect(headSpecs(published.internvl3_1b).size).toBe(25);
    // The head comes last, in the order of the computation.
    expect([...specs.keys()].slice(-25)).toEqual([...headSpecs(published.internvl3_1b).keys()]);
  });

  it('follows the switches of the vision transformer', () => {
    const tiny = tinyConfig(8);
    const vision = { ...tiny.vision, qkvBias: false, qkNormalization: true, normType: 'rms_norm' as const };
    const changed = new Set(parameterSpecs({ ...tiny, vision }).keys());
    const layer = 'vision_model.encoder.layers.1';
    const gone = [...parameterSpecs(tiny).keys()].filter((name) => !changed.delete(name));
    expect(gone.filter((name) => name.startsWith(layer))).toEqual(
      ['norm1.bias', 'attn.qkv.bias', 'norm2.bias'].map((name) => `${layer}.${name}`),
    );
    expect([...changed].filter((name) => name.startsWith(layer))).toEqual(
      ['q', 'k'].map((part) => `${layer}.attn.${part}_norm.weight`),
    );
  });
});

describe('published', () => {
  // As the hub shows them for the base models.
  it.each([
    ['internvl3_1b', 938_193_024],
    ['internvl3_2b', 2_088_957_440],
    ['internvl3_8b', 7_944_373_760],
    ['internvl3_5_1b', 1_060_897_792],
    ['internvl3_5_8b', 8_528_318_464],
    ['qwen2_vl_2b', 2_208_985_600],
    ['qwen2_vl_7b', 8_291_375_616],
    ['qwen2_5_vl_3b', 3_754_622_976],
    ['qwen2_5_vl_7b', 8_292_166_656],
    ['qwen2_5_vl_72b', 73_410_777_344],
  ] as const)('has the number of parameters of %s', (name, expected) => {
    const config = published[name];
    const head = headSpecs(config);
    const backbone = [...parameterSpecs(config)].filter(([key]) => !head.has(key));
    const sizes = backbone.map(([, { shape }]) => shape.reduce((product, n) => product * n, 1));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(expected);
  });
});

describe('parameterSpecs of official models', () => {
  it.each(['internvl3-tiny', 'internvl3_5-tiny', 'qwen2_vl-tiny', 'qwen2_5_vl-tiny'])(
    'has the names and shapes of the checkpoint %s',
    async (name) => {
      const { folder, config } = goldenCheckpoint(name);
      expect(shapes(parameterSpecs(config))).toEqual(
        shapes(await readTensors(`${folder}/model.safetensors`)),
      );
    },
  );

  it.each(reduceSequences)('has the names and shapes of the head %s', async (reduceSequence) => {
    const { hierarchical_query_attn_layers: layers, ...io } = goldenJson('heads', `${reduceSequence}.json`);
    const tiny = tinyConfig(io.vocab_size);
    const llm = { ...tiny.llm, hiddenSize: io.hidden_size };
    const stored = await readTensors(goldenPath('heads', `${reduceSequence}.safetensors`));
    const head = [...stored].filter(([name]) => io.state_dict_keys.includes(name));
    expect(head).toHaveLength(io.state_dict_keys.length);
    expect(shapes(headSpecs({ ...tiny, llm, reduceSequence, layers }))).toEqual(shapes(new Map(head)));
  });
});
