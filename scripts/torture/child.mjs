// Does the work of one writer, and tells on its output what is promised to be there: started by ../torture.mjs, which kills it.
import { writeSync } from 'node:fs';
import { writers } from './writers.mjs';

const [name, folder, settings] = process.argv.slice(2);
const tell = (/** @type {string} */ line) => writeSync(3, `${line}\n`);
tell('ready');
try {
  await writers[name].write(folder, (what) => tell(`ok ${what}`), JSON.parse(settings));
  tell('done');
} catch (error) {
  tell(`failed ${(error instanceof Error ? error.message : String(error)).replaceAll('\n', ' ')}`);
  process.exitCode = 3;
}
