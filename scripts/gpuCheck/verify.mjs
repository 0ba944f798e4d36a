// The official code's numbers against the engine: all of them in float32, the rewards at the other precisions.
//   node verify.mjs '{ "engine": "cuda", "folder": "test/golden", "only": ["losses.json"] }'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { at, say, settingsOf } from './dist.mjs';

/** @type {{ engine: string, folder: string, only?: string[], tolerance: number }} */
const defaults = { engine: 'cuda', folder: 'test/golden', tolerance: 1e-4 };
const settings = settingsOf(defaults);
const folder = settings.only ? partOf(settings.only) : settings.folder;

const { use } = await at('engine/use.js');
const { setCompiler, compiles } = await at('engine/compile.js');
const { verify } = await at('verify/verify.js');
const { otherPrecisions, precisionErrors } = await at('verify/precisions.js');

await use(settings.engine, { precision: 'float32' });
// XLA would take minutes for the programs of models of 0.4M parameters.
if (compiles()) setCompiler('graph');
for (const found of await precisionErrors(folder, otherPrecisions(settings.engine))) say(found);
const failed = [];
let [items, error] = [0, 0];
for await (const item of verify(folder)) {
  items++;
  if (item.error <= settings.tolerance * (item.allowance ?? 1)) error = Math.max(error, item.error);
  else failed.push(`${item.name}: ${item.reason ?? item.error.toExponential(1)}`);
}
say({ precision: 'float32', items, failed, error });
process.exit(0);

/** A folder of links to some of the files. @param {string[]} names */
function partOf(names) {
  const part = mkdtempSync(join(tmpdir(), 'gpu-check-golden-'));
  process.on('exit', () => rmSync(part, { recursive: true, force: true }));
  for (const name of names) {
    mkdirSync(dirname(join(part, name)), { recursive: true });
    symlinkSync(resolve(settings.folder, name), join(part, name));
  }
  return part;
}
