import { afterAll, beforeAll, expect, it } from 'vitest';
import { Client, printed, type Received, result } from '../../support/kernelClient.js';

let client: Client;
beforeAll(async () => {
  client = await Client.start();
  await client.execute("const host = (globalThis as any)[Symbol.for('solireward.host')];");
});
afterAll(() => client.stop());

const ask = (code: string) => client.send('execute_request', { code, allow_stdin: true });
const reply = (value: string, parent?: string) =>
  client.send('input_reply', { value }, { channel: 'stdin', parent });

/** The next question that the kernel asks. */
let heard = 0;
async function question(): Promise<Received> {
  await client.until(() => client.questions.length > heard);
  return client.questions[heard++];
}

it('asks who sent the cell, and gives the cell the answer', async () => {
  const cell = await ask(`await host.input('Name?')`);
  const asked = await question();
  expect(asked).toMatchObject({
    type: 'input_request',
    parent: cell,
    content: { prompt: 'Name?', password: false },
  });
  await reply('Ånn', asked.id);
  expect(result(await client.outcome(cell))['text/plain']).toBe("'Ånn'");
});

it('asks for a password; a terminal may answer without naming the question', async () => {
  const cell = await ask(`(await host.input('Key', { password: true })).length`);
  expect((await question()).content.password).toBe(true);
  await reply('secret');
  expect(result(await client.outcome(cell))['text/plain']).toBe('6');
});

it('asks one question after the other', async () => {
  const cell = await ask(`await Promise.all([host.input('1'), host.input('2')])`);
  for (const answer of ['a', 'b']) await reply(answer, (await question()).id);
  expect(result(await client.outcome(cell))['text/plain']).toBe("[ 'a', 'b' ]");
});

it('says that a front end cannot ask', async () => {
  const { reply } = await client.execute(`await host.input('Name?')`, { allow_stdin: false });
  expect(reply.content).toMatchObject({
    status: 'error',
    ename: 'StdinNotImplemented',
    evalue: expect.stringContaining('"Name?"'),
  });
});

it('ends the wait when the cell is interrupted, and drops the answer that comes too late', async () => {
  const cell = await ask(`await host.input('Never')`);
  const late = await question();
  await client.request('interrupt_request', {}, { channel: 'control' });
  expect((await client.outcome(cell)).reply.content.ename).toBe('Interrupted');
  const next = await ask(`await host.input('Next')`);
  const asked = await question();
  await reply('late', late.id);
  await reply('right', asked.id);
  expect(result(await client.outcome(next))['text/plain']).toBe("'right'");
});

it('asks for a running cell only', async () => {
  const cell = await ask(
    `setTimeout(() => host.input('Too late').catch((error: Error) => console.log(error.message)), 100); 0`,
  );
  await client.outcome(cell);
  await client.until(() => printed({ published: client.published(cell) }) !== '');
  expect(printed({ published: client.published(cell) })).toContain('only a running cell can ask "Too late"');
});

it('goes on when nobody asked for an answer', async () => {
  await reply('unasked');
  expect(result(await client.execute('1'))['text/plain']).toBe('1');
});

it('says that a front end does not listen', async () => {
  client.closeStdin();
  let content: Record<string, unknown> = {};
  // A question that was sent before the kernel noticed waits for good: it is interrupted, and asked again.
  while (content.ename !== 'StdinNotImplemented') {
    const asked = await ask(`await host.input('Name?')`);
    const interrupting = setInterval(
      () => void client.send('interrupt_request', {}, { channel: 'control' }),
      500,
    );
    content = (await client.outcome(asked)).reply.content;
    clearInterval(interrupting);
    if (content.ename !== 'StdinNotImplemented') expect(content.ename).toBe('Interrupted');
  }
  expect(content.evalue).toContain('does not listen on the stdin channel');
});
