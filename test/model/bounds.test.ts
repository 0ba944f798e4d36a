import { describe, expect, it } from 'vitest';
import type { RewardModelConfig } from '../../src/model/config.js';
import { fromOfficial, type OfficialConfig, toOfficial } from '../../src/model/officialConfig.js';
import { published, tinyConfig } from '../../src/model/presets.js';

type Fields = Record<string, unknown>;

/** What no number of a model may be, whatever its field. */
const absurd = [
  1e9 * 1e9,
  -1e9,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  10n ** 30n,
  '64',
  true,
  [4],
  {},
];
/** Of a field that counts something, besides. */
const uncountable = [...absurd, 1e9, 0, -1, 0.5, 2.5];
/** Of a field that is a positive number. */
const notPositive = [...absurd, 0, -1, -1e-6];

/** Every number of the files: section, field, what it may not be, and further values. */
const internVL: [section: string, field: string, values: unknown[]][] = [
  ['', 'force_image_size', uncountable],
  ['', 'downsample_ratio', [...notPositive, 2, 0.3, 1 / 16]],
  ['', 'select_layer', [...absurd, 1e9, 500, 4, -5, 0.5]],
  ['vision_config', 'hidden_size', [...uncountable, 97]],
  ['vision_config', 'num_attention_heads', [...uncountable, 5, 2000]],
  ['vision_config', 'intermediate_size', uncountable],
  ['vision_config', 'num_hidden_layers', [...uncountable, 1025]],
  ['vision_config', 'image_size', uncountable],
  ['vision_config', 'patch_size', [...uncountable, 65, 7]],
  ['vision_config', 'layer_norm_eps', [...notPositive, 1]],
  ['vision_config', 'drop_path_rate', [...absurd, -0.1, 1, 1.5]],
  ['internvl_args', 'input_size', uncountable],
  ['internvl_args', 'num_segments', uncountable],
  ['internvl_args', 'max_num', uncountable],
];
const decoder: [field: string, values: unknown[]][] = [
  ['hidden_size', [...uncountable, 97]],
  ['intermediate_size', uncountable],
  ['num_hidden_layers', [...uncountable, 1025]],
  ['num_attention_heads', uncountable],
  ['num_key_value_heads', [...uncountable, 7]],
  ['vocab_size', uncountable],
  ['rope_theta', [...notPositive, 0.5]],
  ['rms_norm_eps', [...notPositive, 1]],
  ['max_position_embeddings', uncountable],
];
const qwenVision: typeof internVL = [
  ['vision_config', 'depth', [...uncountable, 1025]],
  ['vision_config', 'num_heads', [...uncountable, 7]],
  ['vision_config', 'patch_size', uncountable],
  ['vision_config', 'temporal_patch_size', [...uncountable, 17]],
  ['vision_config', 'spatial_merge_size', [...uncountable, 17]],
];
const qwenFrames: typeof internVL = [
  ['qwenvl_args', 'fps', notPositive],
  ['qwenvl_args', 'fps_min_frames', [...uncountable, 769]],
  ['qwenvl_args', 'fps_max_frames', [...uncountable, 3]],
  ['qwenvl_args', 'video_min_pixels', [...notPositive, 1e7]],
  ['qwenvl_args', 'video_max_pixels', [...notPositive, 1]],
  ['qwenvl_args', 'video_total_pixels', [...notPositive, 1]],
];
const head: typeof internVL = [
  ['model_args', 'reward_dropout', [...absurd, -0.1, 1, 1.5]],
  [
    'model_args',
    'hierarchical_query_attn_layers',
    [
      ...absurd.filter((value) => !Array.isArray(value)),
      [],
      [1e9],
      [0.5],
      [Number.NaN],
      ['1'],
      new Array(1025).fill(1),
    ],
  ],
];

const ofDecoder = (section: string) =>
  decoder.map(([field, values]): (typeof internVL)[number] => [section, field, values]);

const models: [name: string, config: RewardModelConfig, fields: typeof internVL][] = [
  ['InternVL3', tinyConfig(128), [...internVL, ...ofDecoder('llm_config'), ...head]],
  [
    'InternVL3.5',
    published.internvl3_5_1b,
    [
      ['llm_config', 'head_dim', [...uncountable, 1, 3]],
      ['llm_config', 'num_hidden_layers', uncountable],
    ],
  ],
  [
    'Qwen2-VL',
    published.qwen2_vl_2b,
    [
      ...qwenVision,
      ['vision_config', 'embed_dim', [...uncountable, 1281]],
      ['vision_config', 'mlp_ratio', notPositive],
      ...ofDecoder('text_config'),
      ...qwenFrames,
      ...head,
    ],
  ],
  [
    'Qwen2.5-VL',
    published.qwen2_5_vl_3b,
    [
      ...qwenVision,
      ['vision_config', 'hidden_size', [...uncountable, 1281]],
      ['vision_config', 'intermediate_size', uncountable],
      ['vision_config', 'window_size', [...uncountable, 27]],
      ['vision_config', 'fullatt_block_indexes', [[1e9], [-1], [0.5], new Array(1025).fill(1), 7]],
      ['vision_config', 'tokens_per_second', notPositive],
      ...ofDecoder('text_config'),
      ['rope_scaling', 'mrope_section', [[1e9, 0, 0], [-1, 33, 32], [21.5, 21.5, 21], [64], 3]],
    ],
  ],
];

/** Files in which a field has a value. */
function changed(config: RewardModelConfig, section: string, field: string, value: unknown): OfficialConfig {
  const files = structuredClone(toOfficial(config)) as unknown as Record<'config' | 'trainingConfig', Fields>;
  const owner = [files.trainingConfig, files.config].find((file) => section in file) ?? files.config;
  const where =
    section === 'rope_scaling'
      ? ((files.config.text_config as Fields)[section] as Fields)
      : section === ''
        ? files.config
        : (owner[section] as Fields);
  if (!(field in where)) expect([`${section}.${field}`]).toEqual(['vision_config.image_size']);
  where[field] = value;
  return files as unknown as OfficialConfig;
}

describe.each(models)('the numbers of %s', (_, config, fields) => {
  it.each(fields)('%s %s: each absurd value is refused in one sentence', (section, field, values) => {
    for (const value of values) {
      let failure: unknown;
      try {
        fromOfficial(changed(config, section, field, value));
      } catch (error) {
        failure = error;
      }
      const { message } = (failure ?? {}) as Error;
      expect(Object.getPrototypeOf(failure ?? {}), `${field} ${String(value)}`).toBe(Error.prototype);
      // The file, the section, the field, its value, and what it may be.
      expect(message).toMatch(/^(training_)?config\.json(, \w+)*: \w+ is .{1,200}, expected .*\w/);
      expect(message).toMatch(
        /from -?[\d.e-]+ to|divisor of|even number|multiple of 4|sum \d+|side of|whole number|layers from/,
      );
      expect(message.length).toBeLessThan(400);
    }
  });

  it('may be what published models have', () => {
    expect(() => fromOfficial(toOfficial(config))).not.toThrow();
  });
});

it('every number of a configuration is among those that are tried', () => {
  const tried = new Set(
    models.flatMap(([, , fields]) => fields.map(([section, field]) => `${section} ${field}`)),
  );
  const notRead =
    /^ (hidden_size|min_dynamic_patch|max_dynamic_patch|use_\w+lora|\w+_token_id|intermediate_size|num_\w+|vocab_size|rope_theta|rms_norm_eps|max_position_embeddings)$|dropout$|attention_dropout|initializer|num_channels|in_channels|out_hidden_size/;
  for (const [, config] of models) {
    const { config: file, trainingConfig } = toOfficial(config);
    const sections = {
      '': file,
      ...(file as object),
      internvl_args: trainingConfig.internvl_args,
      qwenvl_args: trainingConfig.qwenvl_args,
    };
    for (const [section, fields] of Object.entries(sections)) {
      if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) continue;
      for (const [field, value] of Object.entries(fields)) {
        if (typeof value !== 'number') continue;
        const name = `${section} ${field}`;
        if (name !== 'model_args reward_dropout' && notRead.test(name)) continue;
        // The vision side of Qwen2-VL repeats the width of the decoder.
        if (config.family === 'Qwen2-VL' && name === 'vision_config hidden_size') continue;
        expect(tried.has(name), name).toBe(true);
      }
    }
  }
});
