import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, printed, result } from '../support/kernelClient.js';

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

let client: Client;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'solireward-interrupt-'));
  // Code that no check is put into: a package.
  const library = join(folder, 'node_modules', 'endless');
  mkdirSync(library, { recursive: true });
  writeFileSync(
    join(library, 'index.js'),
    `exports.loop = () => { for (;;); };
exports.microtasks = () => { const next = () => Promise.resolve().then(next); return next(); };
exports.ticks = () => { const next = () => process.nextTick(next); next(); };`,
  );
  writeFileSync(
    join(library, 'index.d.ts'),
    'export function loop(): void; export function microtasks(): Promise<void>; export function ticks(): void;',
  );
  writeFileSync(
    join(folder, 'own.ts'),
    'export function spin(): void { for (;;); }\nexport async function spinLater() { await null; for (;;); }',
  );
  client = await Client.start(folder);
  await client.execute(`
    let kept = ['still here'];
    const started = () => (globalThis as any)[Symbol.for('solireward.host')].display({});
    import { loop, microtasks, ticks } from 'endless';
    import { spin, spinLater } from './own';
    const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
    function earlierLoop() { for (;;); }
    async function earlierAsyncLoop() { for (;;) await null; }`);
});
afterAll(async () => {
  await client.stop();
  rmSync(folder, { recursive: true });
});

const interrupt = () => client.request('interrupt_request', {}, { channel: 'control' });

/** Starts a cell, interrupts it while it runs, and gives what came of it. */
async function interrupted(code: string) {
  const running = await client.send('execute_request', { code: `started(); ${code}` });
  await client.until(() => client.published(running).some(({ type }) => type === 'display_data'));
  await sleep(100);
  await interrupt();
  return client.outcome(running);
}

describe('interrupt', () => {
  it.each([
    ['a loop', 'while (true) {}'],
    ['a loop without a block', 'for (;;);'],
    ['a loop that counts', 'let counted = 0; do { counted++ } while (true)'],
    ['nested loops with labels', 'outer: for (;;) for (const _ of [1, 2]) continue outer'],
    ['a loop in a function of an earlier cell', 'earlierLoop()'],
    ['a loop after an await', 'await sleep(1); while (true) {}'],
    ['an async loop', 'while (true) await sleep(1)'],
    ['an async loop of an earlier cell', 'await earlierAsyncLoop()'],
    ['an endless microtask loop', 'while (true) await null'],
    [
      'an endless recursion over awaits',
      'const step = async (): Promise<void> => { await null; return step() }; await step()',
    ],
    [
      'an endless chain of promises',
      'const chain = (): Promise<void> => Promise.resolve().then(chain); await chain()',
    ],
    ['an async loop that catches everything', 'for (;;) { try { await sleep(1); throw 1 } catch {} }'],
    [
      'for await',
      'async function* numbers() { for (let i = 0; ; i++) yield i }\nfor await (const i of numbers()) {}',
    ],
    [
      'for await over a package',
      'for await (const i of { [Symbol.asyncIterator]: () => ({ next: async () => ({ value: 1, done: false }) }) }) {}',
    ],
    ['a pending await', 'await new Promise(() => {})'],
    ['a pending last value', 'new Promise(() => {})'],
    ['a recursion', 'const fib = (n: number): number => n < 2 ? n : fib(n - 1) + fib(n - 2); fib(80)'],
    ['a regular expression that backtracks', '/^(a+)+$/.test("a".repeat(60) + "b")'],
    ['the same after an await', 'await sleep(1); /^(a+)+$/.test("a".repeat(60) + "b")'],
    ['a loop in a package', 'loop()'],
    ['a loop in a package after an await', 'await sleep(1); loop()'],
    ['a microtask loop in a package', 'await microtasks()'],
    ['a loop of ticks in a package', 'ticks(); await sleep(1e6)'],
    ['a loop in a timer', 'setTimeout(() => { for (;;); }, 1); await sleep(1e6)'],
    ['a loop in a timer in a package', 'setTimeout(loop, 1); await sleep(1e6)'],
    ['a loop in a file of the folder', 'spin()'],
    ['an async loop in a file of the folder', 'await spinLater()'],
    ['waiting for a child', 'require("node:child_process").execSync("sleep 63; echo more")'],
    ['a loop while the value is shown', `({ [Symbol.for('Jupyter.display')]: () => { for (;;); } })`],
  ])('stops %s', async (_, code) => {
    const outcome = await interrupted(code);
    expect(outcome.reply.content).toMatchObject({ status: 'error', ename: 'Interrupted' });
    const next = await client.execute('console.log("printed"); kept.push("more"); kept[0]');
    expect(printed(next)).toBe('printed\n');
    expect(result(next)['text/plain']).toBe("'still here'");
  });

  it('keeps what the interrupted cell had assigned', async () => {
    await interrupted('let total = 0.5; const first = "made"; for (;;) { total += 0.5 }');
    expect(result(await client.execute('[total > 100, first]'))['text/plain']).toBe("[ true, 'made' ]");
  });

  it('lets finally blocks clean up', async () => {
    const outcome = await interrupted(
      'try { for (;;); } finally { for (const i of [1, 2]) console.log("cleaned", i) }',
    );
    expect(printed(outcome)).toBe('cleaned 1\ncleaned 2\n');
  });

  it('ends what the cell has left running', async () => {
    await interrupted(
      'let rounds = 0; (async () => { for (;;) { await sleep(5); rounds++ } })(); await new Promise(() => {})',
    );
    const count = async () => Number(result(await client.execute('rounds'))['text/plain']);
    const then = await count();
    await sleep(100);
    expect(await count()).toBe(then);
  });

  it('leaves running what an earlier cell has started', async () => {
    await client.execute(
      'let beats = 0; const beat = setInterval(() => { for (let i = 0; i < 9; i++) beats++ }, 5)',
    );
    await interrupted('for (;;) await sleep(1)');
    const count = async () => Number(result(await client.execute('beats'))['text/plain']);
    const then = await count();
    await expect.poll(count, { timeout: 100_000 }).toBeGreaterThan(then);
    await client.execute('clearInterval(beat)');
  });

  it('aborts the signal of the host, and waits for code that heeds it', async () => {
    const outcome = await interrupted(
      `const { signal } = (globalThis as any)[Symbol.for('solireward.host')];
await new Promise((_, no) => signal.addEventListener('abort', () => setTimeout(() => no(new Error('saved')), 200)))`,
    );
    expect(outcome.reply.content.evalue).toBe('saved');
  });

  it('does no harm when it is repeated', async () => {
    for (const code of ['for (;;) await sleep(1)', 'loop()']) {
      const running = await client.send('execute_request', { code: `started(); ${code}` });
      await client.until(() => client.published(running).some(({ type }) => type === 'display_data'));
      for (let i = 0; i < 5; i++) await client.send('interrupt_request', {}, { channel: 'control' });
      expect((await client.outcome(running)).reply.content.ename).toBe('Interrupted');
    }
    for (let i = 0; i < 5; i++)
      expect(result(await client.execute('await sleep(20); kept[0]'))['text/plain']).toBe("'still here'");
  });

  it('does nothing between cells, and not to the next cell', async () => {
    for (let i = 0; i < 5; i++) {
      await interrupt();
      expect(result(await client.execute('await sleep(1); 1'))['text/plain']).toBe('1');
    }
  });

  it('stops a loop that a timer has started after its cell', async () => {
    const cell = await client.send('execute_request', {
      code: 'setTimeout(() => { started(); loop(); }, 50); 0',
    });
    await client.until(() => client.published(cell).some(({ type }) => type === 'display_data'));
    await interrupt();
    expect(result(await client.execute('kept[0]'))['text/plain']).toBe("'still here'");
  });

  it('stops a cell while it compiles or right after', async () => {
    const running = await client.send('execute_request', { code: 'for (;;);' });
    await client.until(() => client.published(running).some(({ type }) => type === 'execute_input'));
    await interrupt();
    expect((await client.outcome(running)).reply.content.ename).toBe('Interrupted');
  });

  it('keeps the output of later cells apart', async () => {
    await interrupted('await sleep(1); loop()');
    const first = await client.send('execute_request', {
      code: 'setTimeout(() => console.log("late"), 100); console.log("first")',
    });
    const second = await client.execute('await sleep(300); console.log("second")');
    const ofFirst = () => printed({ published: client.published(first) });
    await client.until(() => ofFirst().includes('late'));
    expect([ofFirst(), printed(second)]).toEqual(['first\nlate\n', 'second\n']);
  });
});

describe('an interrupt before the first cell', () => {
  it.each(['for (;;);', 'await new Promise(() => {})'])('reaches it: %s', async (code) => {
    // The kernel answers before it can run a cell: its compiler takes seconds to load.
    const young = await Client.start();
    try {
      const first = await young.send('execute_request', { code });
      const second = await young.send('execute_request', { code: '"second"' });
      // Requests of a channel are read in their order: with this one, the cells have been.
      const read = await young.send('kernel_info_request', {});
      await young.until(() => young.replied(read));
      await young.request('interrupt_request', {}, { channel: 'control' });
      expect((await young.outcome(first)).reply.content).toMatchObject({ ename: 'Interrupted' });
      expect((await young.outcome(second)).reply.content).toMatchObject({ status: 'aborted' });
      expect(result(await young.execute('await 1; "later"'))['text/plain']).toBe("'later'");
    } finally {
      await young.stop();
    }
  });
});
