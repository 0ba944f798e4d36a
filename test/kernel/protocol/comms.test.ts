import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, contents, printed, type Received } from '../../support/kernelClient.js';

let client: Client;
beforeAll(async () => {
  client = await Client.start();
  await client.execute(`const host = (globalThis as any)[Symbol.for('solireward.host')];
host.onComm('echo', (comm: any, data: any) => {
  console.log('opened with', data);
  comm.onMessage((data: any, buffers: Uint8Array[]) => {
    if (data.fail) throw new Error('handler failed');
    if (data.failLater) return Promise.reject(new Error('handler failed later'));
    if (data.close) return comm.close({ bye: true });
    console.log('heard', data);
    comm.send({ echo: data }, buffers.map((bytes) => bytes.map((byte) => byte + 1)));
  });
  comm.onClose(() => console.log('closed by the front end'));
});`);
});
afterAll(() => client.stop());

/** Sends a comm message, which nobody answers, and gives what was published for it. */
async function comm(type: string, content: object, buffers: Uint8Array[] = []): Promise<Received[]> {
  const id = await client.send(type, content, { buffers });
  await client.until(() => client.published(id).some(({ content }) => content.execution_state === 'idle'));
  return client.published(id);
}

async function opened(data = {}): Promise<string> {
  const comm_id = randomUUID();
  await comm('comm_open', { comm_id, target_name: 'echo', data });
  return comm_id;
}

const info = async (content = {}) => (await client.request('comm_info_request', content)).reply.content.comms;
const said = (published: Received[], name?: string) => printed({ published }, name);

describe('a comm that the front end opens', () => {
  it('carries data and binary buffers both ways; what its handlers print belongs to each message', async () => {
    const comm_id = randomUUID();
    const open = await comm('comm_open', { comm_id, target_name: 'echo', data: { a: 1 } });
    expect(said(open)).toBe('opened with { a: 1 }\n');
    const published = await comm('comm_msg', { comm_id, data: { b: 2 } }, [
      new Uint8Array([1, 2]),
      new Uint8Array(),
    ]);
    expect(said(published)).toBe('heard { b: 2 }\n');
    const [echo] = published.filter(({ type }) => type === 'comm_msg');
    expect(echo.content).toEqual({ comm_id, data: { echo: { b: 2 } } });
    expect(echo.buffers.map((buffer) => [...buffer])).toEqual([[2, 3], []]);
  });

  it('is told by comm_info until it is closed', async () => {
    const comm_id = await opened();
    expect(await info()).toHaveProperty(comm_id, { target_name: 'echo' });
    expect(await info({ target_name: 'echo' })).toHaveProperty(comm_id);
    expect(await info({ target_name: 'other' })).toEqual({});
    expect(said(await comm('comm_close', { comm_id, data: {} }))).toBe('closed by the front end\n');
    expect(await info()).not.toHaveProperty(comm_id);
  });

  it('can be closed by the code', async () => {
    const comm_id = await opened();
    const published = await comm('comm_msg', { comm_id, data: { close: true } });
    expect(contents({ published }, 'comm_close')).toEqual([{ comm_id, data: { bye: true } }]);
    expect(said(published)).toBe('');
    expect(await info()).not.toHaveProperty(comm_id);
  });

  it('is closed where nobody answers', async () => {
    for (const [type, content] of [
      ['comm_open', { comm_id: 'x', target_name: 'nobody', data: {} }],
      ['comm_msg', { comm_id: 'x', data: {} }],
    ] as const)
      expect(contents({ published: await comm(type, content) }, 'comm_close')).toEqual([
        { comm_id: 'x', data: {} },
      ]);
    expect(await info()).not.toHaveProperty('x');
  });

  it('lives on when a handler fails, now or later, and the error is shown with the message', async () => {
    const comm_id = await opened();
    expect(said(await comm('comm_msg', { comm_id, data: { fail: true } }), 'stderr')).toContain(
      'handler failed',
    );
    const id = await client.send('comm_msg', { comm_id, data: { failLater: true } });
    await client.until(() => said(client.published(id), 'stderr').includes('handler failed later'));
    expect(said(await comm('comm_msg', { comm_id, data: {} }))).toBe('heard {}\n');
  });

  it('refuses to be opened twice', async () => {
    const comm_id = await opened();
    const again = await comm('comm_open', { comm_id, target_name: 'echo', data: {} });
    expect(said(again, 'stderr')).toContain(`${comm_id} of a comm that is open`);
  });

  it('is heard while a cell awaits, and its output does not go to the cell', async () => {
    const comm_id = await opened();
    const gate = client.gate();
    const cell = await client.send('execute_request', {
      code: `while (${gate.closed}) await new Promise((resolve) => setTimeout(resolve, 20)); 0`,
    });
    const published = await comm('comm_msg', { comm_id, data: { during: true } });
    expect(said(published)).toBe('heard { during: true }\n');
    expect(client.published(cell).some(({ type }) => type === 'execute_result')).toBe(false);
    gate.open();
    expect(printed(await client.outcome(cell))).toBe('');
  });
});

describe('a comm that the code opens', () => {
  it('is announced with its data, sends from the cell, and hears the front end', async () => {
    const outcome = await client.execute(`const bytes = new Uint8Array([7]);
const line = host.openComm('chart', { points: 0 });
line.onMessage((data: any) => line.send({ got: data }));
line.send({ point: 1 }, [bytes]);
bytes[0] = 0;`);
    const [open] = contents(outcome, 'comm_open');
    expect(open).toMatchObject({ target_name: 'chart', data: { points: 0 } });
    const [message] = outcome.published.filter(({ type }) => type === 'comm_msg');
    expect(message.content).toEqual({ comm_id: open.comm_id, data: { point: 1 } });
    expect([...message.buffers[0]]).toEqual([7]);
    const answer = await comm('comm_msg', { comm_id: open.comm_id, data: { click: 1 } });
    expect(contents({ published: answer }, 'comm_msg')[0].data).toEqual({ got: { click: 1 } });
  });

  it('cannot be used after it is closed; to close it twice is not an error', async () => {
    const outcome = await client.execute('line.close(); line.close(); line.send({})');
    expect(contents(outcome, 'comm_close')).toHaveLength(1);
    expect(outcome.reply.content.evalue).toBe('comm.send: the comm to "chart" is closed; open another one');
  });
});
