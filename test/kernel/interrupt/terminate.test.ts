import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { expect, it } from 'vitest';

const built = (name: string) => new URL(`../../../dist/kernel/interrupt/${name}.js`, import.meta.url).href;

/** Runs in a process of its own, whose main thread is interrupted by another one of its threads. */
const program = `
import { Worker } from 'node:worker_threads';
import { Interruption } from ${JSON.stringify(built('interruption'))};

const words = new Int32Array(new SharedArrayBuffer(16));
const told = new Int32Array(new SharedArrayBuffer(4));
const worker = new Worker(\`
  const { parentPort, workerData: { words, told } } = require('node:worker_threads');
  parentPort.on('message', async () => {
    const { interruptMainThread } = await import(${JSON.stringify(built('terminate'))});
    const tell = (cell) => {
      parentPort.postMessage({ type: 'interrupt', cell });
      Atomics.store(told, 0, 1);
      Atomics.notify(told, 0);
    };
    await interruptMainThread(words, tell, (cell) => parentPort.postMessage({ type: 'terminated', cell }));
  });
\`, { eval: true, execArgv: [], workerData: { words, told } });
const interruption = new Interruption(words);
worker.on('message', ({ type, cell }) => interruption[type === 'interrupt' ? 'interrupt' : 'end'](cell));

// A pipe is read in a part of the event loop after which its immediates come, before it reads from threads again.
process.stdin.once('data', () => {
  worker.postMessage('interrupt');
  Atomics.wait(told, 0, 0);
  const endless = async () => { for (;;); };
  interruption.run(() => endless).catch(({ name }) => {
    process.stdout.write(name);
    process.exit(0);
  });
});
`;

it('ends a cell that began just after its interrupt was read', async () => {
  const argv = ['--disable-warning=DEP0111', '--input-type=module', '-e', program];
  const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'], timeout: 250_000 });
  child.stdin.end('go');
  expect(await text(child.stdout)).toBe('Interrupted');
});
