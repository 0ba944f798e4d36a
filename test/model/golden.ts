import { readFileSync } from 'node:fs';
import type { InternVLConfig, QwenVLConfig } from '../../src/model/config.js';
import { fromOfficial } from '../../src/model/officialConfig.js';
import { shared } from '../shared.js';

/** The parsed JSON of a file of the golden fixtures. */
export const goldenJson = (...parts: string[]) =>
  JSON.parse(readFileSync(shared('golden', ...parts), 'utf8'));

/** Folder and configuration of a golden checkpoint. */
export function goldenCheckpoint<Name extends string>(name: Name) {
  const config = fromOfficial({
    config: goldenJson('checkpoints', name, 'config.json'),
    trainingConfig: goldenJson('checkpoints', name, 'training_config.json'),
  }) as Name extends `internvl${string}` ? InternVLConfig : QwenVLConfig;
  return {
    folder: shared('golden', 'checkpoints', name),
    config,
    io: goldenJson('checkpoints', name, 'io.json'),
  };
}
