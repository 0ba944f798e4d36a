// What long work leaves behind: npm run soak [-- --cells 10000] [--steps 10000] [--clips 10000] [--only steps]
// Prints what is held after each tenth of it: memory, tensors, open files, temporary files. The exit code is 1 where one of those
// that can be counted is more in the end than after the second tenth.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { soakClips, soakSteps } from './soak/work.mjs';

const number = /** @type {const} */ ({ type: 'string', default: '10000' });
const { values: options } = parseArgs({
  options: { cells: number, steps: number, clips: number, only: { type: 'string' } },
});
const told = (/** @type {Record<string, number>} */ row) =>
  console.log(
    Object.entries(row)
      .map(([name, value]) => `${name} ${Math.round(value)}`)
      .join(', '),
  );

/** @type {Record<string, () => Promise<[rows: Record<string, any>[], counted: string[]]>>} */
const parts = {
  steps: async () => [
    await soakSteps({ steps: Number(options.steps), told }),
    ['tensors', 'files', 'temporaryFiles'],
  ],
  clips: async () => [
    await soakClips({ clips: Number(options.clips), told }),
    ['tensors', 'files', 'temporaryFiles'],
  ],
};
const cells = new URL('./soak/cells.mjs', import.meta.url);
if (existsSync(cells)) {
  const { soakCells } = await import(cells.href);
  parts.cells = async () => [
    await soakCells({ cells: Number(options.cells), told }),
    ['descriptors', 'temporaryFiles'],
  ];
}

// Of the temporary files only ours are counted.
const temporary = mkdtempSync(join(tmpdir(), 'soak-'));
process.env.TMPDIR = temporary;
const { use } = await import(new URL('../dist/src/engine/use.js', import.meta.url).href);
if (options.only !== 'cells') await use('native');
for (const [name, run] of Object.entries(parts)) {
  if (options.only && options.only !== name) continue;
  console.log(`soak: ${name}`);
  const [rows, counted] = await run();
  const [early, last] = [rows[1] ?? rows[0], rows[rows.length - 1]];
  const more = counted.filter((what) => last[what] > early[what]);
  console.log(
    `soak: ${name}: ${more.length > 0 ? `more in the end: ${more.join(', ')}` : 'nothing is left behind'}`,
  );
  if (more.length > 0) process.exitCode = 1;
}
rmSync(temporary, { recursive: true, force: true });
process.exit();
