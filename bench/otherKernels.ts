// What of Jupyter's protocol other kernels do: stock tslab and, where .venv is there, ipykernel, seen by the client of
// our tests. The table of docs/kernel.md has what this prints.
// npm run build && npx vite-node bench/otherKernels.ts
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { built, Client, type Outcome, type Program, printed } from '../test/support/kernelClient.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The same things said in the kernel's language. */
interface Language {
  wait: (seconds: number) => string;
  print: (text: string) => string;
  fail: string;
  later: (code: string) => string;
  ask: string;
  lines: string;
  invalid: string;
  /** A word that can be completed, behind a character of two UTF-16 units. */
  word: string;
  child: string;
}

const typescript: Language = {
  wait: (seconds) => `await new Promise((done) => setTimeout(done, ${seconds * 1000}));`,
  print: (text) => `console.log('${text}')`,
  fail: 'throw new Error("no")',
  later: (code) => `setTimeout(() => { ${code} }, 300);`,
  ask: `await (globalThis as any)[Symbol.for('solireward.host')].input('?')`,
  lines: 'for (let i = 0; i < 100_000; i++) console.log(i)',
  invalid: 'f(1))',
  word: '"😀"; Math.ab',
  child: `require('node:child_process').execSync('echo child', { stdio: 'inherit' })`,
};

const python: Language = {
  wait: (seconds) => `import asyncio; await asyncio.sleep(${seconds})`,
  print: (text) => `print('${text}')`,
  fail: 'raise ValueError("no")',
  later: (code) => `import threading; threading.Timer(0.3, lambda: ${code}).start()`,
  ask: `input('?')`,
  lines: 'for i in range(100_000): print(i)',
  invalid: 'f(1))',
  word: '"😀"; pri',
  child: `import subprocess; subprocess.run(['echo', 'child']);`,
};

const kernels: { name: string; program: Program; language: Language }[] = [
  { name: 'solireward', program: built, language: typescript },
  {
    name: 'tslab',
    program: {
      argv: [process.execPath, `${root}node_modules/tslab/bin/tslab`, 'kernel', '--config-path'],
      separator: ':',
    },
    language: typescript,
  },
  {
    name: 'ipykernel',
    program: { argv: [`${root}.venv/bin/python`, '-m', 'ipykernel_launcher', '-f'] },
    language: python,
  },
];

const types = ({ published }: Outcome) => published.map(({ type }) => type);
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Each says whether the kernel does it; what takes too long or throws counts as a no. */
const checks: Record<string, (client: Client, language: Language) => Promise<boolean>> = {
  execute_input: async (client) => types(await client.execute('1')).includes('execute_input'),
  execute_result: async (client) => types(await client.execute('1')).includes('execute_result'),
  'iopub error': async (client, { fail }) => types(await client.execute(fail)).includes('error'),
  silent: async (client) =>
    types(await client.execute('1', { silent: true })).every((type) => type === 'status'),
  'a queued cell is aborted after an error': async (client, { fail }) => {
    const failing = await client.send('execute_request', { code: fail, stop_on_error: true });
    const queued = await client.send('execute_request', { code: '1' });
    await client.outcome(failing);
    return (await client.outcome(queued)).reply.content.status === 'aborted';
  },
  'a cell that is sent after an error runs': async (client, { fail, print }) => {
    await client.execute(fail);
    return printed(await client.execute(print('after'))) === 'after\n';
  },
  user_expressions: async (client) => {
    const { reply } = await client.execute('1', { user_expressions: { one: '1' } });
    const { one } = (reply.content.user_expressions ?? {}) as Record<string, { status?: string }>;
    return one?.status === 'ok';
  },
  input_request: async (client, { ask }) => {
    const cell = await client.send('execute_request', { code: ask, allow_stdin: true });
    await client.until(() => client.questions.length > 0);
    await client.send('input_reply', { value: 'x' }, { channel: 'stdin', parent: client.questions[0].id });
    return (await client.outcome(cell)).reply.content.status === 'ok';
  },
  comm_info: async (client) =>
    (await client.request('comm_info_request', {})).reply.content.comms !== undefined,
  'a comm without a target is closed': async (client) => {
    const id = await client.send('comm_open', { comm_id: 'x', target_name: 'nobody', data: {} });
    await client.until(() => client.published(id).some(({ type }) => type === 'comm_close'));
    return true;
  },
  'positions in code points': async (client, { word }) => {
    const { reply } = await client.request('complete_request', {
      code: word,
      cursor_pos: [...word].length,
    });
    return (reply.content.matches as string[]).length > 0 && reply.content.cursor_end === [...word].length;
  },
  'completion while a cell awaits': async (client, { wait }) => {
    const cell = await client.send('execute_request', { code: wait(2) });
    await pause(300);
    await client.request('complete_request', { code: 'a', cursor_pos: 1 });
    const first = !client.replied(cell);
    await client.outcome(cell);
    return first;
  },
  'is_complete: invalid': async (client, { invalid }) =>
    (await client.request('is_complete_request', { code: invalid })).reply.content.status === 'invalid',
  'history: tail': async (client) => {
    await client.execute('1 + 41');
    const { reply } = await client.request('history_request', {
      hist_access_type: 'tail',
      n: 1,
      output: false,
      raw: true,
    });
    return JSON.stringify(reply.content.history).includes('1 + 41');
  },
  'late output goes to its own cell': async (client, { later, print, wait }) => {
    const cell = await client.send('execute_request', { code: later(print('late')) });
    await client.outcome(cell);
    await client.execute(wait(1));
    return printed({ published: client.published(cell) }) === 'late\n';
  },
  'output of children': async (client, { child }) => {
    const cell = await client.send('execute_request', { code: child });
    await client.outcome(cell);
    await pause(1000);
    return printed({ published: client.published(cell) }).includes('child');
  },
  'own session id': async (client) => {
    const { reply, published } = await client.execute('1');
    return [reply, ...published].every(({ session }) => session !== client.session);
  },
  'a replay is dropped': async (client, { print }) => {
    const id = randomUUID();
    const frames = client.frames(id, 'execute_request', { code: print('once') });
    await client.sendFrames(frames);
    await client.outcome(id);
    await client.sendFrames(frames);
    await pause(1000);
    return printed({ published: client.published(id) }) === 'once\n';
  },
  'outlives malformed frames': async (client, { print }) => {
    await client.sendFrames(['no', 'message']);
    return printed(await client.execute(print('alive'))) === 'alive\n';
  },
  '1,000 cells sent at once': async (client, { print }) => {
    const ids: string[] = [];
    for (let i = 0; i < 1000; i++) ids.push(await client.send('execute_request', { code: print(String(i)) }));
    for (const [i, id] of ids.entries()) if (printed(await client.outcome(id)) !== `${i}\n`) return false;
    return true;
  },
  '100,000 lines': async (client, { lines }) =>
    printed(await client.execute(lines)).split('\n').length === 100_001,
};

for (const [what, check] of Object.entries(checks)) {
  const answers: string[] = [];
  for (const { name, program, language } of kernels) {
    if (!existsSync(program.argv[0])) continue;
    // A kernel of its own: what one check breaks is not the next one's fault.
    const client = await Client.start(root, program);
    const tooLong = new Promise<boolean>((resolve) => setTimeout(resolve, 20_000, false).unref());
    const does = await Promise.race([check(client, language).catch(() => false), tooLong]);
    answers.push(`${name} ${does ? 'yes' : 'no'}`);
    await client.stop();
  }
  console.log(`${what}: ${answers.join(', ')}`);
}
process.exit();
