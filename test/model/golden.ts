import { readFileSync } from 'node:fs';
import { fromOfficial } from '../../src/model/officialConfig.js';
import { shared } from '../shared.js';

/** The parsed JSON of a file of the golden fixtures. */
export const goldenJson = (...parts: string[]) =>
  JSON.parse(readFileSync(shared('golden', ...parts), 'utf8'));

/** Folder and configuration of a golden checkpoint. */
export function goldenCheckpoint(name: string) {
  const folder = shared('golden', 'checkpoints', name);
  const config = fromOfficial({
    config: goldenJson('checkpoints', name, 'config.json'),
    trainingConfig: goldenJson('checkpoints', name, 'training_config.json'),
  });
  return { folder, config, io: goldenJson('checkpoints', name, 'io.json') };
}
