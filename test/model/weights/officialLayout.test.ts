import { mkdtemp, open, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { use } from '../../../src/engine/use.js';
import { load, save } from '../../../src/model/load.js';
import type { RewardModel } from '../../../src/model/rewardModel.js';
import { readHeader } from '../../../src/model/weights/header.js';
import { readTensors, type StoredTensor } from '../../../src/model/weights/safetensors.js';
import { engines } from '../../support/engines.js';
import { goldenPath } from '../../support/goldenFolder.js';

/** Fields that the official classes write, and of which a missing one means the same. */
const bookkeeping = [
  ...[
    'bos_token_id',
    'eos_token_id',
    'pad_token_id',
    'initializer_range',
    'transformers_version',
    'layer_types',
  ],
  ...['max_window_layers', 'sliding_window', 'use_cache', 'output_attentions'],
  'text_config.architectures',
  'rope_scaling', // dynamic: does nothing up to max_position_embeddings
];

const json = async (...path: string[]) => JSON.parse(await readFile(join(...path), 'utf8'));

/** Every field that is not an object itself, by its path: `vision_config.hidden_size`. */
function leaves(value: object, path = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      inner && typeof inner === 'object' && !Array.isArray(inner) && !bookkeeping.includes(key)
        ? Object.entries(leaves(inner, `${path}${key}.`))
        : [[`${path}${key}`, inner]],
    ),
  );
}

async function tensorsOf(folder: string) {
  const path = join(folder, 'model.safetensors');
  const file = await open(path);
  const entries = await readHeader(path, file);
  await file.close();
  return entries
    .map(({ name, dtype, shape }) => ({ name, dtype, shape }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

for (const name of ['internvl3-tiny', 'internvl3_5-tiny', 'qwen2_vl-tiny', 'qwen2_5_vl-tiny']) {
  describe(`a saved ${name}, read as the official loader reads it`, () => {
    const official = goldenPath('checkpoints', name);
    const card = {
      prompts: { system: 'S', user: 'U {prompt}' },
      task: 'text_alignment',
      dimension: 'alignment',
      scoreMean: 0.25,
      scoreDeviation: 1.5,
      training: { steps: 100, pairAccuracy: 0.8 },
    };
    let root: string;
    let saved: string;
    let model: RewardModel;
    beforeAll(async () => {
      await use((await engines())[0]);
      root = await mkdtemp(join(tmpdir(), 'layout-'));
      saved = join(root, 'model');
      model = await load(official, { card });
      await save(model, saved);
    });
    afterAll(async () => {
      model.dispose();
      await rm(root, { recursive: true });
    });

    it('has its files, and no pickle', async () => {
      const files = await readdir(saved);
      const tokenizer = [
        'tokenizer.json',
        'tokenizer_config.json',
        'special_tokens_map.json',
        'vocab.json',
        'merges.txt',
        'added_tokens.json',
        'chat_template.jinja',
      ];
      for (const file of ['config.json', 'model.safetensors', 'training_config.json', ...tokenizer])
        expect(files).toContain(file);
      for (const file of tokenizer) {
        expect(
          Buffer.compare(await readFile(join(saved, file)), await readFile(join(official, file))),
          file,
        ).toBe(0);
      }
      expect(files.filter((file) => /\.(bin|pt)$/.test(file))).toEqual([]);
    });

    it('has the names, shapes and values of the official tensors, and the mark that its reader asks for', async () => {
      expect(await tensorsOf(saved)).toEqual(await tensorsOf(official));
      const [ours, theirs] = await Promise.all(
        [saved, official].map((path) => readTensors(join(path, 'model.safetensors'))),
      );
      const differs = ([key, { data }]: [string, StoredTensor]) =>
        !data.every((value, i) => value === ours.get(key)?.data[i]);
      expect([...theirs].filter(differs).map(([key]) => key)).toEqual([]);
      const bytes = await readFile(join(saved, 'model.safetensors'));
      const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())).toString());
      // transformers refuses a file whose metadata does not say who wrote it.
      expect(header.__metadata__).toEqual({ format: 'pt' });
    });

    it('says its dtype in config.json, in bfloat16 too', async () => {
      expect(await json(saved, 'config.json')).toMatchObject({ dtype: 'float32' });
      const half = join(root, 'half');
      await save(model, half, { dtype: 'bfloat16' });
      expect(await json(half, 'config.json')).toMatchObject({ dtype: 'bfloat16' });
      expect(await tensorsOf(half)).toEqual(
        (await tensorsOf(official)).map((entry) => ({ ...entry, dtype: 'BF16' })),
      );
    });

    it('has every field of the official config.json', async () => {
      const ours = leaves(await json(saved, 'config.json'));
      for (const [field, value] of Object.entries(leaves(await json(official, 'config.json')))) {
        const last = field.slice(field.lastIndexOf('.') + 1);
        if (field in ours || !(bookkeeping.includes(last) || bookkeeping.includes(field)))
          expect([field, ours[field]]).toEqual([field, value]);
      }
    });

    it('has the sections and fields of the official training_config.json', async () => {
      const ours = await json(saved, 'training_config.json');
      const theirs = await json(official, 'training_config.json');
      expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
      const read = [
        'model_type',
        'attn_implementation',
        'reduce_sequence',
        'reward_dropout',
        'hierarchical_query_attn_layers',
      ];
      for (const field of read)
        expect([field, ours.model_args[field]]).toEqual([field, theirs.model_args[field]]);
      expect(Object.keys(ours.model_args).sort()).toEqual(Object.keys(theirs.model_args).sort());
      if (name.startsWith('internvl')) expect(ours.internvl_args).toEqual(theirs.internvl_args);
      // The official loader refuses others, and casts the weights itself.
      expect(ours.training_args.bf16).toBe(true);
      // It drops fields of these sections that it does not know.
      for (const section of ['data_args', 'trainer_args', 'internvl_args', 'qwenvl_args']) {
        for (const field of Object.keys(ours[section])) expect(Object.keys(theirs[section])).toContain(field);
      }
      expect(Object.keys(ours.metadata).sort()).toEqual(Object.keys(theirs.metadata).sort());
    });

    it('keeps in solireward.json what that layout forgets', async () => {
      expect(await json(saved, 'solireward.json')).toEqual(card);
      const again = await load(saved);
      expect(again.card).toEqual(card);
      await save(again, saved, { card: { scoreMean: 0.5 } });
      expect(await json(saved, 'solireward.json')).toEqual({ ...card, scoreMean: 0.5 });
      again.dispose();
    });
  });
}
