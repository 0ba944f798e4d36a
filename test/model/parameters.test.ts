import { describe, expect, it } from 'vitest';
import { reduceSequences } from '../../src/model/config.js';
import { headSpecs, type ParameterSpec, parameterSpecs } from '../../src/model/parameters.js';
import { internvl3_1b, tinyConfig } from '../../src/model/presets.js';
import { readTensors, type StoredTensor } from '../../src/model/weights/safetensors.js';
import { describeShared, shared } from '../shared.js';
import { goldenCheckpoint, goldenJson } from './golden.js';

const shapes = (tensors: ReadonlyMap<string, ParameterSpec | StoredTensor>) =>
  [...tensors].map(([name, { shape }]) => `${name} [${shape}]`).sort();

describe('parameterSpecs', () => {
  it('has the parameters of the published 1B model', () => {
    const specs = parameterSpecs(internvl3_1b);
    expect(specs.get('vision_model.embeddings.position_embedding')?.shape).toEqual([1, 1025, 1024]);
    expect(specs.get('mlp1.1.weight')?.shape).toEqual([896, 4096]);
    expect(specs.get('language_model.model.layers.23.self_attn.k_proj.weight')?.shape).toEqual([128, 896]);
    expect(specs.get('language_model.lm_head.weight')?.shape).toEqual([151_674, 896]);
    expect(headSpecs(internvl3_1b).size).toBe(25);
    // The head comes last, in the order of the computation.
    expect([...specs.keys()].slice(-25)).toEqual([...headSpecs(internvl3_1b).keys()]);
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

describeShared('parameterSpecs of official models', () => {
  it('has the names and shapes of a checkpoint', async () => {
    const { folder, config } = goldenCheckpoint('internvl3-tiny');
    expect(shapes(parameterSpecs(config))).toEqual(shapes(await readTensors(`${folder}/model.safetensors`)));
  });

  it.each(reduceSequences)('has the names and shapes of the head %s', async (reduceSequence) => {
    const { hierarchical_query_attn_layers: layers, ...io } = goldenJson('heads', `${reduceSequence}.json`);
    const tiny = tinyConfig(io.vocab_size);
    const llm = { ...tiny.llm, hiddenSize: io.hidden_size };
    const stored = await readTensors(shared('golden', 'heads', `${reduceSequence}.safetensors`));
    const head = [...stored].filter(([name]) => io.state_dict_keys.includes(name));
    expect(head).toHaveLength(io.state_dict_keys.length);
    expect(shapes(headSpecs({ ...tiny, llm, reduceSequence, layers }))).toEqual(shapes(new Map(head)));
  });
});
