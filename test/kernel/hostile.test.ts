import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, contents, type Outcome, result } from '../support/kernelClient.js';

let client: Client;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'solireward-hostile-'));
  client = await Client.start(folder);
});
afterAll(async () => {
  await client.stop();
  rmSync(folder, { recursive: true });
});

const boom = "(() => { throw new Error('boom') })()";
const inspectSymbol = "Symbol.for('nodejs.util.inspect.custom')";
const display = "Symbol.for('Jupyter.display')";

/** What the fields of an error, the results of an inspector and the entries of a bundle may be. */
const odd = [
  'undefined',
  'null',
  '5n',
  'Symbol("s")',
  '["a"]',
  '{ status: 404 }',
  '() => 1',
  'new Uint8Array([137, 80])',
  '"\\ud83c"',
  '""',
  '"x".repeat(100000)',
  'new Proxy({}, { get() { throw new Error("p") } })',
  '{ toString() { throw new Error("t") } }',
  '{ toJSON() { throw new Error("j") } }',
  'NaN',
];

/** Every trap of a proxy, which throws. */
const traps = [
  'get',
  'has',
  'ownKeys',
  'getPrototypeOf',
  'getOwnPropertyDescriptor',
  'isExtensible',
  'apply',
  'construct',
];

/** Expressions of values that do not want to be looked at. */
const values: string[] = [
  ...odd,
  ...odd.flatMap((field) =>
    ['name', 'message', 'stack', 'cause', 'code'].map(
      (name) => `Object.assign(new Error('x'), { ${name}: ${field} })`,
    ),
  ),
  ...['name', 'message', 'stack', 'cause', 'constructor', 'then', 'toString', 'toHTML'].flatMap((name) => [
    `Object.defineProperty(new Error('x'), '${name}', { get() { throw new Error('g') } })`,
    `Object.defineProperty({}, '${name}', { get() { throw new Error('g') }, enumerable: true })`,
  ]),
  ...odd.map((given) => `({ [${inspectSymbol}]() { return ${given} } })`),
  `({ [${inspectSymbol}]() { throw new Error('boom') } })`,
  `({ get [${inspectSymbol}]() { return ${boom} } })`,
  `Object.assign(new Error('x'), { [${inspectSymbol}]() { throw new Error('boom') } })`,
  ...traps.map((trap) => `new Proxy({}, { ${trap}() { throw new Error('trap') } })`),
  ...traps.map((trap) => `new Proxy(new Error('x'), { ${trap}() { throw new Error('trap') } })`),
  ...traps.map((trap) => `new Proxy(() => 1, { ${trap}() { throw new Error('trap') } })`),
  `new Proxy({}, new Proxy({}, { get() { throw new Error('all') } }))`,
  '(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy; })()',
  ...odd.map((bundle) => `({ [${display}]() { return ${bundle} } })`),
  ...odd.map((entry) => `({ [${display}]() { return { 'text/plain': ${entry} } } })`),
  ...odd.map((entry) => `({ [${display}]() { return { 'application/json': ${entry} } } })`),
  `({ [${display}]() { throw new Error('boom') } })`,
  `({ get [${display}]() { return ${boom} } })`,
  `({ [${display}]() { return { 'no type': 'x' } } })`,
  `({ [${display}]() { return Promise.reject(5n) } })`,
  `(() => { const a: any = {}; a.a = a; return { [${display}]() { return { 'application/json': a } } } })()`,
  'Object.create(null)',
  'Object.setPrototypeOf(new Error("x"), null)',
  'Object.create(Error.prototype)',
  'new (class extends Error { get name(): any { throw new Error("n") } })("x")',
  'new AggregateError([Object.create(null), new Proxy({}, { get() { throw 1 } })], "all")',
  '({ then(good: any, bad: any) { bad(5n) } })',
  '({ then() { throw new Error("then") } })',
  'Promise.reject(Object.create(null))',
  'new Map([[{ toString: null }, Symbol.iterator]])',
  '(() => { const a: any[] = []; a.push(a); return a })()',
  // What is shown as a table, a picture or folded.
  '[{ get clip() { throw new Error("g") } }]',
  `[{ clip: new Proxy({}, { get() { throw new Error("p") }, ownKeys() { throw new Error("o") } }) }]`,
  `[{ clip: { [${inspectSymbol}]() { throw new Error("i") } } }]`,
  '[Object.defineProperty({}, "clip", { enumerable: true, get() { for (;;); } })]',
  'new Array(2 ** 32 - 1)',
  'new Array(1e5).fill({ clip: "x".repeat(1e4) })',
  '[Object.fromEntries(Array.from({ length: 3000 }, (_, i) => ["\ud83c" + i, i]))]',
  'Object.assign([{ clip: 1 }], { map() { throw new Error("m") }, slice() { throw new Error("s") } })',
  'new Map(Array.from({ length: 1e4 }, (_, i) => [i, new Map([[i, i]])]))',
  'new (class extends Map { get size(): any { throw new Error("s") } entries(): any { throw new Error("e") } } as any)([[1, 2]])',
  'Object.defineProperty(new Set([1]), "size", { get() { throw new Error("s") } })',
  'Object.defineProperty(new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]), "byteLength", { value: "x" })',
  'new Uint8Array(new SharedArrayBuffer(16))',
];

/** Ways in which a value comes out of a cell. */
const ways: Record<string, (value: string) => string> = {
  returned: (value) => `(${value}) as any`,
  thrown: (value) => `throw (${value}) as any`,
  printed: (value) => `console.log((${value}) as any)`,
  rejected: (value) => `void Promise.reject((${value}) as any)`,
  late: (value) => `setTimeout(() => { throw (${value}) as any }, 0); undefined`,
};

/** Checks that messages are as the protocol and the notebook's format want them. */
function expectWellFormed(outcome: Outcome): void {
  for (const content of contents(outcome, 'error') as Record<string, unknown>[]) {
    expect(typeof content.ename).toBe('string');
    expect(typeof content.evalue).toBe('string');
    for (const line of content.traceback as unknown[]) expect(typeof line).toBe('string');
  }
  for (const type of ['execute_result', 'display_data']) {
    for (const { data } of contents(outcome, type) as { data: Record<string, unknown> }[]) {
      for (const [mime, value] of Object.entries(data)) {
        if (mime === 'application/json') continue;
        expect([mime, typeof value]).toEqual([mime, 'string']);
      }
    }
  }
  for (const message of outcome.published) {
    // A half of a surrogate pair would come as an escape, and is not well-formed.
    expect(JSON.stringify(message.content)).not.toMatch(/(?<!\\)(\\\\)*\\ud[89a-f]/);
  }
}

async function expectAlive(): Promise<void> {
  expect(result(await client.execute('1 + 1'))).toEqual({ 'text/plain': '2' });
}

describe.each(Object.keys(ways))('hostile values that are %s', (way) => {
  it(`leave the kernel alive: ${values.length} of them`, async () => {
    for (const value of values) {
      const outcome = await client.execute(ways[way](value));
      expectWellFormed(outcome);
      if (way === 'thrown') expect(outcome.reply.content.status, value).toBe('error');
      await expectAlive();
    }
  });
});

it('are shown by console.table and display, or are errors that a cell can catch', async () => {
  const host = `(globalThis as any)[Symbol.for('solireward.host')]`;
  for (const value of values) {
    const outcome =
      await client.execute(`for (const show of [console.table, async (v: any) => ${host}.display(await ${host}.bundle(v))])
  try { await show((${value}) as any); } catch {}`);
    expectWellFormed(outcome);
    expect(outcome.reply.content.status, value).toBe('ok');
  }
});

describe('stacks', () => {
  it.each([
    '() => { throw new Error("prepare") }',
    '() => 5n',
    '(error, frames) => frames',
    '() => undefined',
    '() => new Proxy({}, { get() { throw 1 } })',
    '(error) => error.stack',
  ])('of a user: Error.prepareStackTrace = %s', async (prepare) => {
    for (const code of [
      'throw new Error("x")',
      'undefined as any.x',
      'new Error("x")',
      'setTimeout(() => { throw new Error("x") }, 0); undefined',
      'null!.x',
    ]) {
      const outcome = await client.execute(`Error.prepareStackTrace = (${prepare}) as any; ${code}`);
      expectWellFormed(outcome);
      await expectAlive();
    }
    await client.execute('delete (Error as any).prepareStackTrace');
    await expectAlive();
  });
});

it('interrupts what looks at a thrown value without end', async () => {
  const id = await client.send('execute_request', {
    code: `throw { [${inspectSymbol}]() { for (;;); } } as any`,
    silent: false,
    store_history: true,
  });
  await client.until(() => client.published(id).some(({ type }) => type === 'execute_input'));
  await client.request('interrupt_request', {}, { channel: 'control' });
  const outcome = await client.outcome(id);
  expect(outcome.reply.content.status).toBe('error');
  await expectAlive();
});

describe('the cells of the reports', () => {
  const notebook = (name: string) => {
    const path = fileURLToPath(new URL(`../cases/${name}`, import.meta.url));
    return (JSON.parse(readFileSync(path, 'utf8')).cells as { source: string[] }[])[0].source.join('');
  };

  it('tell an error in texts', async () => {
    const noMessage = await client.execute(notebook('kernel-error-fields/errmsg.ipynb'));
    expect(contents(noMessage, 'error')).toMatchObject([{ ename: 'Error', evalue: '' }]);
    const object = await client.execute(notebook('kernel-error-fields/errobj.ipynb'));
    expect(contents(object, 'error')).toMatchObject([{ ename: 'Error', evalue: '{ status: 404 }' }]);
  });

  it('show bytes as base64, and refuse what is not a bundle', async () => {
    const bytes = await client.execute(notebook('kernel-bundle-not-checked/pngbytes.ipynb'));
    expect(result(bytes)).toEqual({ 'image/png': Buffer.from([137, 80, 78, 71]).toString('base64') });
    const five = await client.execute(notebook('kernel-bundle-not-checked/bundle5.ipynb'));
    expect(contents(five, 'error')).toMatchObject([
      { ename: 'TypeError', evalue: expect.stringContaining('expected an object of MIME types') },
    ]);
  });

  it('print half an emoji as a sign that a file can hold', async () => {
    const outcome = await client.execute(notebook('kernel-lone-surrogate/emoji.ipynb'));
    expect(contents(outcome, 'stream')).toEqual([{ name: 'stdout', text: 'a \ufffd\n' }]);
  });

  it('throw what cannot be looked at, and go on', async () => {
    const path = fileURLToPath(new URL('../cases/kernel-thrown-value-hangs/cells.txt', import.meta.url));
    for (const cell of readFileSync(path, 'utf8').trim().split('\n').slice(1)) {
      const outcome = await client.execute(`{ ${cell} }`);
      expect(outcome.reply.content.status, cell).toBe('error');
      await expectAlive();
    }
  });
});
