import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Client, contents, printed, result } from '../../support/kernelClient.js';

let client: Client;
let count = 0;
beforeAll(async () => {
  // Where arquero can be imported.
  client = await Client.start(fileURLToPath(new URL('../../..', import.meta.url)));
});
afterAll(() => client.stop());

/** The answer to a command of the debug protocol, and what was published for it. */
async function ask(command: string, given?: object) {
  const request = { type: 'request', seq: ++count, command, ...(given && { arguments: given }) };
  const outcome = await client.request('debug_request', request, { channel: 'control' });
  const { content } = outcome.reply;
  expect(outcome.reply.type).toBe('debug_reply');
  expect(content).toMatchObject({ type: 'response', request_seq: count, command });
  return { ...content, events: contents(outcome, 'debug_event') } as {
    success: boolean;
    message?: string;
    body: Record<string, unknown>;
    events: object[];
  };
}

interface Variable {
  name: string;
  value: string;
  type: string;
  variablesReference: number;
}

/** The variables of the cells, by name. */
async function variables(): Promise<Record<string, Variable>> {
  const { body } = await ask('inspectVariables', {});
  return Object.fromEntries((body.variables as Variable[]).map((variable) => [variable.name, variable]));
}

it('starts as JupyterLab starts it, before any cell', async () => {
  expect((await ask('debugInfo', {})).body).toMatchObject({
    isStarted: false,
    breakpoints: [],
    stoppedThreads: [],
    richRendering: true,
    copyToGlobals: false,
  });
  expect(await ask('initialize', { clientID: 'jupyterlab' })).toMatchObject({ success: true });
  const attached = await ask('attach', {});
  expect(attached.success).toBe(true);
  expect(attached.events).toEqual([expect.objectContaining({ type: 'event', event: 'initialized' })]);
  expect(await ask('configurationDone')).toMatchObject({ success: true });
  expect((await ask('debugInfo', {})).body.isStarted).toBe(true);
  expect(await variables()).toEqual({});
});

it('lists the variables of all cells, with their values', async () => {
  await client.execute(
    'const seven = 7; let text = "a"; const rows = [{ clip: "a", score: 1 }, { clip: "b", score: 2 }];',
  );
  await client.execute('text += "b"; function add() {} const seven = 8;');
  const all = await variables();
  expect(Object.keys(all)).toEqual(['add', 'rows', 'seven', 'text']);
  expect(all.seven).toMatchObject({ value: '8', type: 'number', variablesReference: 0 });
  expect(all.text.value).toBe("'ab'");
  const parts = await ask('variables', { variablesReference: all.rows.variablesReference });
  expect(parts.body.variables).toMatchObject([
    { name: '0', value: "{ clip: 'a', score: 1 }" },
    { name: '1' },
  ]);
});

it('shows a variable as a cell shows it: the first rows of a table', async () => {
  await client.execute(
    "import { table } from 'arquero'; const scores = table({ clip: ['a', 'b'], score: [0.5, 1] });",
  );
  for (const [variableName, size] of [
    ['scores', '2 rows, 2 columns'],
    ['rows', '2 rows, 2 columns'],
  ]) {
    const { body } = await ask('richInspectVariables', { variableName });
    expect((body.data as Record<string, string>)['text/html']).toContain(size);
  }
});

it('knows nothing of earlier references after a cell, and says so', async () => {
  const { rows } = await variables();
  await client.execute('1');
  const { success, message } = await ask('variables', { variablesReference: rows.variablesReference });
  expect([success, message]).toEqual([false, expect.stringContaining('list them again')]);
});

it.each([
  ['setBreakpoints', { breakpoints: [{ line: 1 }] }],
  ['dumpCell', { code: '1' }],
  ['evaluate', { expression: 'process.exit()' }],
  ['stackTrace', {}],
  ['', undefined],
  ['__proto__', {}],
])('says of %j that it is not there', async (command, given) => {
  const { success, message } = await ask(command, given);
  expect(success).toBe(false);
  expect(message).toMatch(/: this kernel lists variables, and does not stop in cells$/);
});

it.each([
  ['variables', { variablesReference: 'x', start: -1, count: Number.NaN }],
  ['variables', undefined],
  ['richInspectVariables', { variableName: 'nothing' }],
  ['richInspectVariables', { variableName: '__proto__' }],
  ['richInspectVariables', undefined],
])('refuses %s of %j with a sentence', async (command, given) => {
  const { success, message } = await ask(command, given);
  expect([success, message]).toEqual([
    false,
    expect.stringMatching(/^(variables|richInspectVariables): \w+ /),
  ]);
});

it('lists variables that do not want to be looked at, and those that have no value yet', async () => {
  await client.execute(`const odd = new Proxy({}, { get() { throw 1 }, ownKeys() { throw 2 } }) as any;
    const getter = { get a() { throw 3 } };
    const shows = { [Symbol.for('Jupyter.display')]() { throw 4 } };`);
  await client.execute('throw new Error("before"); const never = 1;');
  const all = await variables();
  expect(all).toMatchObject({
    odd: { type: 'Proxy' },
    getter: { type: 'Object' },
    shows: { type: 'Object' },
  });
  expect(all.never).toBeUndefined();
  const { body } = await ask('richInspectVariables', { variableName: 'shows' });
  expect(body.data).toEqual({ 'text/plain': expect.stringContaining('Jupyter.display') });
});

it('answers while a cell awaits, without running anything of a value', async () => {
  const gate = client.gate();
  const running = await client.send('execute_request', {
    code: `const during = 5; const loud = { [Symbol.for('Jupyter.display')]: () => (console.log('shown'), { 'text/plain': 'loud' }) };
      while (${gate.closed}) await new Promise((resolve) => setTimeout(resolve, 10));`,
  });
  let all: Record<string, Variable> = {};
  while (!all.loud) all = await variables();
  expect(all.during.value).toBe('5');
  expect((await ask('richInspectVariables', { variableName: 'loud' })).body.data).not.toEqual({
    'text/plain': 'loud',
  });
  gate.open();
  expect(printed(await client.outcome(running))).toBe('');
  expect((await ask('richInspectVariables', { variableName: 'loud' })).body.data).toEqual({
    'text/plain': 'loud',
  });
});

it('can be interrupted in a value that shows itself without end, and cells go on', async () => {
  await client.execute(`const endless = { [Symbol.for('Jupyter.display')]() { for (;;); } };`);
  const id = await client.send(
    'debug_request',
    {
      type: 'request',
      seq: ++count,
      command: 'richInspectVariables',
      arguments: { variableName: 'endless' },
    },
    { channel: 'control' },
  );
  await client.until(() => client.published(id).some(({ content }) => content.execution_state === 'busy'));
  // An interrupt that comes before the value is looked at finds nothing to end.
  const replied = client.until(() => client.replied(id));
  while (!client.replied(id)) {
    await client.request('interrupt_request', {}, { channel: 'control' });
    await Promise.race([replied, sleep(1000)]);
  }
  expect((await client.outcome(id)).reply.content).toMatchObject({ success: true });
  expect(result(await client.execute('"next"'))).toEqual({ 'text/plain': "'next'" });
});

it('ends, and can be started again', async () => {
  expect(await ask('disconnect', { restart: false })).toMatchObject({ success: true });
  expect((await ask('debugInfo', {})).body.isStarted).toBe(false);
  expect(await ask('attach', {})).toMatchObject({ success: true });
});
