import { describe, expect, it } from 'vitest';
import { reduceSequences } from '../../src/model/commonConfig.js';
import type { RewardModelConfig } from '../../src/model/config.js';
import { tokensPerTile } from '../../src/model/family/internvl/config.js';
import { Tokens } from '../../src/model/input/tokens.js';
import { evenLayers, fromOfficial, toOfficial } from '../../src/model/officialConfig.js';
import { published, tinyConfig } from '../../src/model/presets.js';
import { goldenPath } from '../support/goldenFolder.js';
import { goldenJson } from '../support/goldenModel.js';

const tiny = tinyConfig(128);

describe('fromOfficial and toOfficial', () => {
  it.each<[string, RewardModelConfig]>([
    ...Object.entries<RewardModelConfig>(published),
    ['a video model of other frames', { ...published.qwen2_5_vl_3b, fps: 1, maxFrames: 8, totalPixels: 1e6 }],
    ['the tiny model', tiny],
    [
      'other switches',
      {
        ...tiny,
        vision: {
          ...tiny.vision,
          qkvBias: false,
          qkNormalization: true,
          normType: 'rms_norm',
          dropPathRate: 0.3,
        },
        selectLayer: 1,
        pixelShuffleVersion: 'v1',
        layers: [2],
        rewardDropout: 0.1,
        numSegments: 3,
        maxNum: 6,
        centerCropVideo: true,
      },
    ],
    ...reduceSequences.map((reduceSequence): [string, RewardModelConfig] => [
      reduceSequence,
      { ...tiny, reduceSequence },
    ]),
  ])('undo each other: %s', (_, config) => {
    expect(fromOfficial(JSON.parse(JSON.stringify(toOfficial(config))))).toEqual(config);
  });

  it.each([[[0]], [[5]], [[-5]], [[]]])('refuse layers that the decoder does not have: %j', (layers) => {
    expect(() => fromOfficial(toOfficial({ ...tiny, layers }))).toThrow(
      `model_args: hierarchical_query_attn_layers is ${JSON.stringify(layers)}, expected layers from 1 to 4, or -4 to -1`,
    );
  });

  it('take layers from the end, and any where the head reads none', () => {
    expect(fromOfficial(toOfficial({ ...tiny, layers: [-4, 2, -1] })).layers).toEqual([-4, 2, -1]);
    const pooled: RewardModelConfig = { ...tiny, reduceSequence: 'maxpool', layers: [6, 12, 18, 24] };
    expect(fromOfficial(toOfficial(pooled))).toEqual(pooled);
  });

  it('give a base model the HPQA head on four evenly spaced layers', () => {
    const { config } = toOfficial(published.internvl3_1b);
    const base = fromOfficial({ config });
    expect(base.reduceSequence).toBe('progressive_hierarchical_attention');
    expect(base.layers).toEqual([6, 12, 18, 24]);
    expect([28, 24, 4, 2, 1].map(evenLayers)).toEqual([
      [7, 14, 21, 28],
      [6, 12, 18, 24],
      [1, 2, 3, 4],
      [1, 1, 2, 2],
      [1, 1, 1, 1],
    ]);
  });

  it('take the defaults of the official classes where a field is missing', () => {
    const { config, trainingConfig } = toOfficial(tiny);
    const bare = {
      model_type: 'internvl_chat',
      vision_config: {},
      llm_config: Object.fromEntries(
        Object.entries(config.llm_config as object).filter(([key]) => !/theta|eps|max_position/.test(key)),
      ),
    };
    const read = fromOfficial({ config: bare, trainingConfig: { ...trainingConfig, internvl_args: {} } });
    expect(read.vision).toEqual({
      hiddenSize: 3200,
      heads: 25,
      intermediateSize: 12_800,
      layers: 48,
      imageSize: 224,
      patchSize: 14,
      qkvBias: false,
      qkNormalization: true,
      normType: 'rms_norm',
      normEpsilon: 1e-6,
      dropPathRate: 0,
    });
    expect(read.llm).toMatchObject({ ropeTheta: 10_000, normEpsilon: 1e-6, maxPositions: 32_768 });
    expect(read).toMatchObject({ downsampleRatio: 0.5, selectLayer: -1, pixelShuffleVersion: 'v1' });
  });

  it.each([
    [
      'config',
      '',
      'model_type',
      'llava',
      'config.json: model_type is "llava", expected internvl_chat, qwen2_vl or',
    ],
    ['config', '', 'ps_version', 'v3', 'config.json: ps_version is "v3", expected v1 or v2'],
    [
      'config',
      '',
      'downsample_ratio',
      'half',
      'downsample_ratio is "half", expected a number from 0.125 to 1',
    ],
    ['config', '', 'select_layer', null, undefined],
    ['config', '', 'vision_config', undefined, 'config.json: the field vision_config is missing'],
    ['config', '', 'llm_config', [1], 'config.json: llm_config is [1], expected an object'],
    [
      'config',
      'vision_config',
      'norm_type',
      'batch',
      'vision_config: norm_type is "batch", expected layer_norm or',
    ],
    ['config', 'vision_config', 'qkv_bias', 1, 'vision_config: qkv_bias is 1, expected true or false'],
    [
      'config',
      'llm_config',
      'model_type',
      'llama',
      'config.json, llm_config: model_type is "llama", expected qwen2 or qwen3',
    ],
    [
      'config',
      'llm_config',
      'hidden_size',
      undefined,
      'config.json, llm_config: the field hidden_size is missing',
    ],
    [
      'config',
      'llm_config',
      'vocab_size',
      '9',
      'llm_config: vocab_size is "9", expected a whole number from 1 to 16777216',
    ],
    ['config', 'llm_config', 'rope_theta', Number.NaN, 'llm_config: rope_theta is NaN, expected a number'],
    [
      'trainingConfig',
      'model_args',
      'reduce_sequence',
      'sum',
      'training_config.json, model_args: reduce_sequence is "sum"',
    ],
    ['trainingConfig', 'model_args', 'reduce_sequence', 3, 'reduce_sequence is 3, expected a text'],
    [
      'trainingConfig',
      'model_args',
      'hierarchical_query_attn_layers',
      ['6'],
      'is ["6"], expected a list of at most 1024 whole numbers from -1024 to 1024',
    ],
    [
      'trainingConfig',
      'internvl_args',
      'num_segments',
      true,
      'internvl_args: num_segments is true, expected a whole number from 1 to 4096',
    ],
    [
      'trainingConfig',
      'internvl_args',
      'input_size',
      448,
      "internvl_args: input_size is 448, expected 64, the side of the model's tiles",
    ],
    ['trainingConfig', '', 'model_args', 7, 'training_config.json: model_args is 7, expected an object'],
  ] as const)('name the bad field: %s %s %s = %j', (file, section, field, value, message) => {
    const files = structuredClone(toOfficial(tiny)) as Record<string, Record<string, unknown>>;
    const where = section ? (files[file][section] as Record<string, unknown>) : files[file];
    where[field] = value;
    const read = () => fromOfficial(files as never);
    if (message) expect(read).toThrow(message);
    else expect(read).not.toThrow();
  });
});

describe('fromOfficial of a published Qwen-VL model', () => {
  const published7b = {
    model_type: 'qwen2_5_vl',
    hidden_size: 3584,
    intermediate_size: 18_944,
    num_hidden_layers: 28,
    num_attention_heads: 28,
    num_key_value_heads: 4,
    vocab_size: 152_064,
    rope_theta: 1e6,
    rope_scaling: { type: 'mrope', mrope_section: [16, 24, 24] },
    max_position_embeddings: 128_000,
    tie_word_embeddings: false,
    vision_config: { hidden_size: 1280, tokens_per_second: 2 },
  };

  it('reads the fields of the decoder from the top, or from their section', () => {
    expect(fromOfficial({ config: published7b })).toEqual(published.qwen2_5_vl_7b);
    const { vision_config, model_type, ...text } = published7b;
    const config = { model_type, vision_config, text_config: text };
    expect(fromOfficial({ config })).toEqual(published.qwen2_5_vl_7b);
  });

  it('ignores the frames of an official run, which did not act', () => {
    const trainingConfig = { qwenvl_args: { fps: 7, video_total_pixels: 24_576 * 28 ** 2 } };
    expect(fromOfficial({ config: published7b, trainingConfig })).toEqual(published.qwen2_5_vl_7b);
  });

  it.each([
    [
      { rope_scaling: { mrope_section: [16, 24] } },
      'mrope_section is [16,24], expected three numbers with the sum 64',
    ],
    [{ rope_scaling: undefined }, 'config.json: the field rope_scaling is missing'],
    [
      { vision_config: { depth: 'deep' } },
      'config.json, vision_config: depth is "deep", expected a whole number',
    ],
    [{ model_type: 'qwen3_vl' }, 'model_type is "qwen3_vl", expected internvl_chat, qwen2_vl or qwen2_5_vl'],
  ])('names the bad field: %j', (change, message) => {
    expect(() => fromOfficial({ config: { ...published7b, ...change } })).toThrow(message);
  });
});

describe('tokensPerTile', () => {
  it('counts merged patches', () => {
    expect(tokensPerTile(published.internvl3_1b)).toBe(256);
    expect(tokensPerTile(tiny)).toBe(4);
  });
});

describe('fromOfficial of an official checkpoint', () => {
  it('reads every field', () => {
    const read = fromOfficial({
      config: goldenJson('checkpoints', 'internvl3-tiny', 'config.json'),
      trainingConfig: goldenJson('checkpoints', 'internvl3-tiny', 'training_config.json'),
    });
    expect(read).toEqual({
      family: 'InternVL3',
      vision: {
        hiddenSize: 32,
        heads: 4,
        intermediateSize: 80,
        layers: 3,
        imageSize: 56,
        patchSize: 14,
        qkvBias: true,
        qkNormalization: false,
        normType: 'layer_norm',
        normEpsilon: 1e-6,
        dropPathRate: 0.1,
      },
      llm: {
        hiddenSize: 64,
        intermediateSize: 160,
        layers: 4,
        heads: 4,
        keyValueHeads: 2,
        vocabSize: 513,
        ropeTheta: 1e6,
        normEpsilon: 1e-6,
        maxPositions: 32_768,
        attentionBias: true,
        queryKeyNorm: false,
        tieWordEmbeddings: false,
      },
      downsampleRatio: 0.5,
      selectLayer: -1,
      pixelShuffleVersion: 'v2',
      reduceSequence: 'progressive_hierarchical_attention',
      layers: [1, 2, 3, 4],
      rewardDropout: 0,
      numSegments: 4,
      maxNum: 1,
      centerCropVideo: false,
    } satisfies RewardModelConfig);
  });

  it.each(['qwen2_vl-tiny', 'qwen2_5_vl-tiny'])(
    'writes the values that the official classes wrote: %s',
    async (name) => {
      const config = goldenJson('checkpoints', name, 'config.json');
      const trainingConfig = goldenJson('checkpoints', name, 'training_config.json');
      const tokens = await Tokens.load(goldenPath('checkpoints', name));
      const ours = toOfficial(fromOfficial({ config, trainingConfig }), tokens);
      const { architectures, ...written } = ours.config;
      expect(architectures).toEqual(config.text_config.architectures);
      expect(config).toMatchObject(written);
      expect(ours.trainingConfig.model_args).toMatchObject({
        model_type: trainingConfig.model_args.model_type,
      });
    },
  );

  it.each(['internvl3-tiny', 'internvl3_5-tiny'])(
    'writes the values that the official classes wrote: %s',
    async (name) => {
      const config = goldenJson('checkpoints', name, 'config.json');
      const trainingConfig = goldenJson('checkpoints', name, 'training_config.json');
      const ours = toOfficial(fromOfficial({ config, trainingConfig }));
      const { vision_config, llm_config, ...top } = ours.config as Record<string, object>;
      expect(config).toMatchObject(top);
      expect(config.vision_config).toMatchObject(vision_config);
      const { tie_word_embeddings, ...llm } = llm_config as Record<string, unknown>;
      expect(tie_word_embeddings).toBe(false);
      expect(config.llm_config).toMatchObject(llm);
      expect(Object.keys(ours.trainingConfig)).toEqual(Object.keys(trainingConfig));
      for (const section of ['trainer_args', 'internvl_args']) {
        expect(ours.trainingConfig[section]).toEqual(trainingConfig[section]);
      }
    },
  );
});
