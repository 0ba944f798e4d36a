// Latencies and memory of the built kernel beside ipykernel and stock tslab: rows for scripts/bench.mjs, which starts this.
// Cells differ from one another, as people write them, and are the same by number in each kernel; the kernels take them in
// turn, so that what disturbs the machine disturbs all.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { built, Client, type Program, result } from '../test/support/kernelClient.js';

const { python, quick } = JSON.parse(process.argv.at(-1) as string) as { python: string; quick: boolean };
const root = fileURLToPath(new URL('..', import.meta.url));
const starts = quick ? 1 : 5;
/** The cells whose times are told, each the middle of nine; and the last of all. */
const told = quick ? [10, 20] : [10, 1000];
const last = told[told.length - 1] + 4;
const memoryAt = told.map((cell) => Math.max(cell, quick ? 0 : 100));

interface Kernel {
  name: string;
  program: Program;
  variable: (i: number) => string;
  sum: (i: number) => string;
  /** Prints so many lines. */
  lines: (count: number) => string;
  /** A loop over a variable of the cell, or the same in a function. */
  loop?: (inFunction: boolean) => string;
  /** From that cell on it hangs: it has sent too many messages. */
  until?: number;
}

const typescript = {
  variable: (i: number) => `const v${i} = ${i} * 2; v${i}`,
  sum: (i: number) => `1+${i}`,
  lines: (count: number) => `for (let i = 0; i < ${count}; i++) console.log(i)`,
  loop: (inFunction: boolean) => {
    const name = inFunction ? 'inner' : 'outer';
    const loop = `let ${name} = 0.5; for (let i = 0; i < ${quick ? 1000 : 30_000_000}; i++) ${name} += i % 7;`;
    return inFunction ? `(() => { ${loop} return ${name}; })()` : `${loop} ${name}`;
  },
};
const word = { code: 'Math.abs', cursor_pos: 8 };
const ours: Kernel = { name: 'solireward', program: built, ...typescript };
const ipykernel: Kernel = {
  name: 'ipykernel',
  program: { argv: [python, '-m', 'ipykernel_launcher', '-f'] },
  variable: (i) => `v${i} = ${i} * 2; v${i}`,
  sum: (i) => `1+${i}`,
  lines: (count) => `for i in range(${count}): print(i)`,
};
const tslab: Kernel = {
  name: 'tslab',
  program: {
    argv: [process.execPath, `${root}node_modules/tslab/bin/tslab`, 'kernel', '--config-path'],
    separator: ':',
  },
  ...typescript,
  until: 50,
};
const kernels = [ours, ipykernel, ...(quick ? [] : [tslab])].filter(({ program }) =>
  existsSync(program.argv[0]),
);

/** Milliseconds that something takes. */
async function time(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

/** MiB that a process holds, from Linux; elsewhere nothing. */
function memory(client: Client): number | undefined {
  try {
    const status = readFileSync(`/proc/${client.process.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024;
  } catch {
    return undefined;
  }
}

/** What was measured, by its name and the kernel's. */
const measured = new Map<string, Map<string, number[]>>();
function keep(what: string, kernel: Kernel, value: number | undefined): void {
  if (value === undefined) return;
  const kernels = measured.get(what) ?? new Map<string, number[]>();
  measured.set(what, kernels);
  kernels.set(kernel.name, [...(kernels.get(kernel.name) ?? []), value]);
}

/** @throws when a kernel does not give the value of the cell. */
async function run(client: Client, code: string, value: number): Promise<void> {
  const outcome = await client.execute(code);
  const shown = result(outcome)?.['text/plain'];
  // tslab shows what it makes as a stream of text.
  if (shown !== undefined && shown !== String(value)) throw new Error(`${code} gave ${shown}, not ${value}`);
}

for (let i = 0; i < starts; i++) {
  for (const kernel of kernels) {
    let client!: Client;
    const start = await time(async () => {
      client = await Client.start(root, kernel.program);
    });
    keep('a kernel starts', kernel, start);
    keep('its first cell', kernel, await time(() => client.execute('1')));
    for (const what of ['complete', 'inspect'])
      keep(
        what === 'complete' ? 'completion' : 'inspection',
        kernel,
        await time(() => client.request(`${what}_request`, word)),
      );
    if (kernel.loop)
      for (const inFunction of [false, true])
        keep(
          `a loop of 30 million steps over a variable of ${inFunction ? 'a function' : 'the cell'}`,
          kernel,
          await time(() => client.execute((kernel.loop as typeof typescript.loop)(inFunction))),
        );
    if (kernel === ours)
      keep(
        'the first import of solireward',
        kernel,
        await time(() => client.execute("import * as sr from 'solireward'")),
      );
    if (kernel !== tslab) {
      const count = quick ? 1000 : 100_000;
      keep(
        `${count.toLocaleString('en')} lines`,
        kernel,
        await time(() => client.execute(kernel.lines(count))),
      );
    }
    await client.stop();
  }
}

const ordinal = (cell: number) => `${cell.toLocaleString('en')}th`;
const clients = new Map<Kernel, Client>();
for (const kernel of kernels) clients.set(kernel, await Client.start(root, kernel.program));
for (let i = 1; i <= last; i++) {
  const near = told.find((cell) => Math.abs(cell - i) <= 4);
  for (const [kernel, client] of clients) {
    if (kernel.until !== undefined && i > kernel.until) continue;
    const milliseconds = await time(() => run(client, kernel.variable(i), 2 * i));
    if (near) keep(`the ${ordinal(near)} cell, of its own variable`, kernel, milliseconds);
    const sum = await time(() => run(client, kernel.sum(i), 1 + i));
    if (near) keep(`the ${ordinal(near)} cell, a sum`, kernel, sum);
    if (memoryAt.includes(i)) keep(`memory after ${2 * i} cells`, kernel, memory(client));
  }
}
for (const client of clients.values()) await client.stop();

const median = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];
for (const [what, values] of measured) {
  const own = values.get(ours.name) as number[];
  const stock = values.get(tslab.name);
  const row = {
    part: 'kernel',
    name: `kernel: ${what}`,
    unit: what.startsWith('memory') ? 'MiB' : 'ms',
    ours: own,
    peer: values.get(ipykernel.name) ?? [],
    peerName: values.has(ipykernel.name) ? 'ipykernel' : 'no ipykernel',
    // At most 1.5 times ipykernel's.
    ...(/th cell/.test(what) && { floor: 0.67 }),
    ...(stock && { others: { tslab: median(stock) } }),
  };
  console.log(JSON.stringify(row));
}
process.exit();
