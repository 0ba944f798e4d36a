import { afterEach, describe, expect, it } from 'vitest';
import { Client, result } from '../../support/kernelClient.js';

let client: Client;
afterEach(() => client.stop());

/** Whether the kernel has begun to compile a cell; an endless one keeps the main thread from then on. */
const begun = (cell: string) => client.published(cell).some(({ type }) => type === 'execute_input');

describe('shutdown', () => {
  it.each([
    ['before a cell has run', undefined],
    ['idle', '0'],
    ['with a live timer', 'setInterval(() => {}, 1000); 0'],
  ])('ends the process: %s', async (_, code) => {
    client = await Client.start();
    if (code) await client.execute(code);
    await client.send('shutdown_request', { restart: false }, { channel: 'control' });
    await client.exited;
    expect([client.process.exitCode, client.process.signalCode]).toEqual([0, null]);
  });

  it('waits for the compiler, which loads as long as it must', async () => {
    client = await Client.start();
    await client.send('execute_request', { code: '0' });
    await client.send('shutdown_request', { restart: false }, { channel: 'control' });
    await client.exited;
    expect([client.process.exitCode, client.process.signalCode]).toEqual([0, null]);
  });

  it('kills the process in an endless loop', async () => {
    client = await Client.start();
    const cell = await client.send('execute_request', { code: 'while (true) {}' });
    await client.until(() => begun(cell));
    await client.send('shutdown_request', { restart: false }, { channel: 'control' });
    await client.exited;
    expect([client.process.exitCode, client.process.signalCode]).toEqual([null, 'SIGKILL']);
  });

  it('ends in good order when a cell exits the process', async () => {
    client = await Client.start();
    await client.send('execute_request', { code: 'process.exit(3)' });
    await client.exited;
    expect([client.process.exitCode, client.process.signalCode]).toEqual([3, null]);
  });

  it('is heard on the shell channel, and tells whether it is a restart', async () => {
    client = await Client.start();
    const { reply } = await client.request('shutdown_request', { restart: true });
    expect(reply.content).toEqual({ status: 'ok', restart: true });
    await client.exited;
    expect(client.process.exitCode).toBe(0);
  });
});

it('says what it is also while its main thread computes without a break', async () => {
  client = await Client.start();
  const cell = await client.send('execute_request', { code: 'while (true) {}' });
  await client.until(() => begun(cell));
  const asked = await client.send('kernel_info_request', {});
  await client.until(() => client.replied(asked));
  await client.request('interrupt_request', {}, { channel: 'control' });
  await client.outcome(cell);
});

it('says that it starts, once, before it says anything else', async () => {
  client = await Client.start();
  await client.execute('0');
  const [first, ...others] = client.states;
  expect(first).toBe('starting');
  expect(others).not.toContain('starting');
});

it('imports solireward, with its types, from a folder that knows nothing of it', async () => {
  client = await Client.start();
  expect(result(await client.execute("import * as sr from 'solireward'; typeof sr.plot.Figure"))).toEqual({
    'text/plain': "'function'",
  });
  const wrong = await client.execute('sr.plot.noSuchFigure');
  expect(wrong.reply.content.ename).toBe('CompileError');
});

it('goes on when files appear in the folder between two cells', async () => {
  client = await Client.start();
  const write = (name: string) =>
    client.execute(
      `require('node:fs').mkdirSync('./${name}', { recursive: true }); ` +
        `require('node:fs').writeFileSync('./${name}/made.ts', 'export const made = 1;')`,
    );
  await client.execute("import { made } from './later/made'; made"); // not there yet: TypeScript looks out for it
  for (const name of ['first', 'later', 'last']) {
    await write(name);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(result(await client.execute('1 + 1'))).toEqual({ 'text/plain': '2' });
  }
});
