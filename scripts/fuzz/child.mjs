// Tries inputs one after the other, from a number on, and tells the parent of each: `fork`ed by ../fuzz.mjs.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mutate } from './mutate.mjs';
import { faultOf } from './outcome.mjs';
import { random } from './random.mjs';
import { makeTargets, writeFiles } from './targets.mjs';

const [scratch, seed, first, only] = process.argv.slice(2);
const folder = join(scratch, 'input');
mkdirSync(scratch, { recursive: true });
console.warn = () => {};
const targets = (await makeTargets(scratch)).filter(({ name }) => !only || name.startsWith(only));
if (targets.length === 0) throw new Error(`fuzz: no target begins with "${only}"`);
const send = (/** @type {object} */ message) =>
  new Promise((resolve) => process.send?.(message, undefined, {}, resolve));
process.on('unhandledRejection', (error) =>
  send({ what: `a rejection that nobody catches: ${error instanceof Error ? error.stack : error}` }),
);

for (let number = Number(first); ; number++) {
  const chance = random(Number(seed), number);
  const target = targets[number % targets.length];
  await send({ number, name: target.name });
  rmSync(folder, { recursive: true, force: true });
  writeFiles(folder, target.files);
  const damaged = chance.choice(target.damaged ?? [...target.files.keys()]);
  const bytes = target.files.get(damaged) ?? Buffer.alloc(0);
  writeFileSync(join(folder, damaged), mutate(bytes, [...target.files.values()], chance));
  try {
    await target.read(folder, damaged);
    await send({ outcome: 'value' });
  } catch (error) {
    const fault = faultOf(error, target.says);
    if (fault)
      await send({
        what: `${damaged}: ${fault}\n${String(error instanceof Error && error.stack).slice(0, 1500)}`,
      });
    else await send({ outcome: 'error' });
  }
  if (number % 50 === 0) await send({ memory: process.memoryUsage().rss });
}
