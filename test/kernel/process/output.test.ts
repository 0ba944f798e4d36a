import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, contents, printed, result } from '../../support/kernelClient.js';

let client: Client;
beforeAll(async () => {
  client = await Client.start();
});
afterAll(() => client.stop());

const wait = (milliseconds: number) =>
  `await new Promise((resolve) => setTimeout(resolve, ${milliseconds}));`;
const lines = (n: number) => Array.from({ length: n }, (_, i) => `${i}\n`).join('');

describe('no output is lost', () => {
  it('of a cell that prints 100,000 lines without a break', async () => {
    const outcome = await client.execute('for (let i = 0; i < 100_000; i++) console.log(i)');
    expect(printed(outcome) === lines(100_000)).toBe(true);
    expect(outcome.reply.content.status).toBe('ok');
  });

  it('of a cell that prints and awaits in turn', async () => {
    const outcome = await client.execute(
      'for (let i = 0; i < 5000; i++) { console.log(i); await new Promise((next) => setImmediate(next)); }',
    );
    expect(printed(outcome) === lines(5000)).toBe(true);
  });

  it('of a cell that shows much', async () => {
    const code = `const host = (globalThis as any)[Symbol.for('solireward.host')];
for (let i = 0; i < 2000; i++) host.display({ 'text/plain': String(i) })`;
    expect(contents(await client.execute(code), 'display_data').map(({ data }) => data)).toEqual(
      Array.from({ length: 2000 }, (_, i) => ({ 'text/plain': String(i) })),
    );
  });

  it('of 1,000 quick cells that are sent at once', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 1000; i++)
      ids.push(await client.send('execute_request', { code: `console.log(${i}); ${i}` }));
    for (const [i, id] of ids.entries()) {
      const outcome = await client.outcome(id);
      expect([printed(outcome), result(outcome)]).toEqual([`${i}\n`, { 'text/plain': `${i}` }]);
    }
  }, 600_000);

  it('that is printed as bytes, in the middle of a letter', async () => {
    const outcome = await client.execute(
      `const bytes = Buffer.from('é😀'); for (const byte of bytes) process.stdout.write(Buffer.from([byte]))`,
    );
    expect(printed(outcome)).toBe('é😀');
  });
});

it('keeps stdout and stderr apart and in order', async () => {
  const outcome = await client.execute('console.log("a"); console.error("b"); console.log("c")');
  expect(contents(outcome, 'stream').map(({ name, text }) => [name, text])).toEqual([
    ['stdout', 'a\n'],
    ['stderr', 'b\n'],
    ['stdout', 'c\n'],
  ]);
});

describe('what comes after its cell', () => {
  it.each([
    ['a timer', 'setTimeout(() => console.log("late"), 200); 0', 'stdout'],
    ['a promise', `(async () => { ${wait(200)} console.log("late") })(); 0`, 'stdout'],
    [
      'an event',
      `process.nextTick(() => fetch('data:,late').then((r) => r.text()).then(console.log)); 0`,
      'stdout',
    ],
    ['an error in a timer', 'setTimeout(() => { throw new Error("late") }, 200); 0', 'stderr'],
    ['a rejection', 'void Promise.reject(new Error("late")); 0', 'stderr'],
    ['a rejection in a timer', 'setTimeout(async () => { throw new Error("late") }, 200); 0', 'stderr'],
    ['a rejection that is not an Error', 'setTimeout(() => void Promise.reject("late"), 200); 0', 'stderr'],
    [
      'an event without a listener',
      `setTimeout(() => new (require('node:events'))().emit('error', new Error('late')), 200); 0`,
      'stderr',
    ],
  ])('is shown with its cell, and the kernel lives on: %s', async (_, code, name) => {
    const id = await client.send('execute_request', { code });
    const other = await client.execute(`${wait(500)} 'other'`);
    expect(result(other)['text/plain']).toBe("'other'");
    const own = () => printed({ published: client.published(id) }, name);
    await client.until(() => own().includes('late'));
    expect([printed(other), printed(other, 'stderr')]).toEqual(['', '']);
  });
});
