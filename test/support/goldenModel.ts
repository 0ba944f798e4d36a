import { readFileSync } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { InternVLConfig } from '../../src/model/family/internvl/config.js';
import type { QwenVLConfig } from '../../src/model/family/qwenVl/config.js';
import { fromOfficial } from '../../src/model/officialConfig.js';
import { readTensors, writeTensors } from '../../src/model/weights/safetensors.js';
import { goldenPath } from './goldenFolder.js';

/** The parsed JSON of a file of the golden fixtures. */
export const goldenJson = (...parts: string[]) => JSON.parse(readFileSync(goldenPath(...parts), 'utf8'));

/** Folder and configuration of a golden checkpoint. */
export function goldenCheckpoint<Name extends string>(name: Name) {
  const config = fromOfficial({
    config: goldenJson('checkpoints', name, 'config.json'),
    trainingConfig: goldenJson('checkpoints', name, 'training_config.json'),
  }) as Name extends `internvl${string}` ? InternVLConfig : QwenVLConfig;
  return {
    folder: goldenPath('checkpoints', name),
    config,
    io: goldenJson('checkpoints', name, 'io.json'),
  };
}

/**
 * Writes internvl3-tiny with weights of bfloat16 in three shards: the official index and configuration, and the tensors
 * of the float32 checkpoint, rounded. Its official rewards are in golden/bfloat16/io.json.
 */
export async function bfloat16Shards(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const original = goldenPath('checkpoints', 'internvl3-tiny');
  for (const name of await readdir(original)) {
    if (/tokenizer|vocab|merges|tokens/.test(name)) await copyFile(join(original, name), join(folder, name));
  }
  for (const name of ['config.json', 'training_config.json', 'model.safetensors.index.json'])
    await copyFile(goldenPath('bfloat16', name), join(folder, name));
  const index: Record<string, string> = goldenJson('bfloat16', 'model.safetensors.index.json').weight_map;
  const tensors = await readTensors(join(original, 'model.safetensors'));
  for (const shard of new Set(Object.values(index))) {
    const own = [...tensors].filter(([name]) => index[name] === shard);
    await writeTensors(join(folder, shard), new Map(own as never), { dtype: 'bfloat16' });
  }
}
