// Latencies of the built kernel, beside stock tslab and, where .venv is there, ipykernel: medians over starts and cells.
// npm run build && npx vite-node bench/kernel.ts
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { built, Client, type Program } from '../test/support/kernelClient.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const python = `${root}.venv/bin/python`;
const starts = 5;
// Few enough for tslab, which hangs when it has sent some 500 messages.
const cells = 50;

interface Kernel {
  name: string;
  program: Program;
  /** Prints 100,000 lines. */
  lines: string;
  /** A loop over variables of the cell, or the same in a function. */
  loop?: (inFunction: boolean) => string;
}

const typescriptLines = 'for (let i = 0; i < 100_000; i++) console.log(i)';
const typescriptLoop = (inFunction: boolean) => {
  const name = inFunction ? 'inner' : 'outer';
  const loop = `let ${name} = 0.5; for (let i = 0; i < 30_000_000; i++) ${name} += i % 7;`;
  return inFunction ? `(() => { ${loop} return ${name}; })()` : `${loop} ${name}`;
};
const kernels: Kernel[] = [
  { name: 'solireward', program: built, lines: typescriptLines, loop: typescriptLoop },
  {
    name: 'tslab',
    program: {
      argv: [process.execPath, `${root}node_modules/tslab/bin/tslab`, 'kernel', '--config-path'],
      separator: ':',
    },
    // It loses lines and never becomes idle.
    lines: '',
    loop: typescriptLoop,
  },
  {
    name: 'ipykernel',
    program: { argv: [python, '-m', 'ipykernel_launcher', '-f'] },
    lines: 'for i in range(100_000): print(i)',
  },
];

/** Milliseconds that something takes. */
async function time(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

const median = (times: number[]): number => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
const inspect = { code: 'Math.abs', cursor_pos: 8 };

/** The latencies of one process of a kernel. */
async function measure({ name, program, lines, loop }: Kernel): Promise<Record<string, number>> {
  let client!: Client;
  const times: Record<string, number> = {};
  times.ready = await time(async () => {
    client = await Client.start(root, program);
  });
  times['first cell'] = await time(() => client.execute('1'));
  const each: number[] = [];
  for (let i = 0; i < cells; i++) each.push(await time(() => client.execute('1 + 1')));
  times['trivial cell'] = median(each);
  times.completion = await time(() => client.request('complete_request', inspect));
  times.inspection = await time(() => client.request('inspect_request', inspect));
  if (lines) times['100,000 lines'] = await time(() => client.execute(lines));
  if (loop)
    for (const inFunction of [false, true])
      times[inFunction ? 'hot loop in a function' : 'hot loop'] = await time(() =>
        client.execute(loop(inFunction)),
      );
  if (name === 'solireward')
    times['import solireward'] = await time(() => client.execute("import * as sr from 'solireward'"));
  await client.stop();
  return times;
}

const runs = kernels
  .filter(({ program }) => existsSync(program.argv[0]))
  .map((kernel) => ({ kernel, times: [] as Record<string, number>[] }));
// One after the other in turn: what disturbs the machine disturbs all.
for (let i = 0; i < starts; i++) for (const { kernel, times } of runs) times.push(await measure(kernel));

const table = runs.flatMap(({ kernel, times }) =>
  Object.keys(times[0]).map((what) => ({
    kernel: kernel.name,
    what,
    milliseconds: Math.round(median(times.map((one) => one[what]))),
  })),
);
console.log(`medians of ${starts} starts and ${cells} cells, Node ${process.version}`);
console.table(table);
