import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, contents, printed, result } from '../../support/kernelClient.js';

let client: Client;
beforeAll(async () => {
  client = await Client.start();
});
afterAll(() => client.stop());

describe('kernel_info', () => {
  it('is complete', async () => {
    const { reply } = await client.request('kernel_info_request', {});
    expect(reply.content).toMatchObject({
      status: 'ok',
      protocol_version: '5.3',
      implementation: 'solireward',
      implementation_version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      banner: expect.stringContaining('TypeScript'),
      debugger: true,
      supported_features: ['debugger'],
      language_info: {
        name: 'typescript',
        version: expect.stringMatching(/^5\./),
        mimetype: 'text/typescript',
        file_extension: '.ts',
        pygments_lexer: 'typescript',
        codemirror_mode: { name: 'javascript', typescript: true },
        nbconvert_exporter: 'script',
      },
    });
    const links = reply.content.help_links as { text: string; url: string }[];
    expect(links.every(({ text, url }) => text && url.startsWith('https://'))).toBe(true);
  });

  it('is answered on the control channel as well', async () => {
    const { reply } = await client.request('kernel_info_request', {}, { channel: 'control' });
    expect(reply.content.implementation).toBe('solireward');
  });

  it('comes from a session of the kernel, the same on all sockets', async () => {
    const shell = await client.request('kernel_info_request', {});
    const control = await client.request('kernel_info_request', {}, { channel: 'control' });
    expect(
      new Set([shell, control].flatMap((o) => [o.reply, ...o.published].map((m) => m.session))).size,
    ).toBe(1);
  });
});

describe('execute', () => {
  it('tells what it runs and shows the last value, between busy and idle', async () => {
    const outcome = await client.execute('const six: number = 6;\nsix * 7');
    expect(outcome.published.map(({ type }) => type)).toEqual([
      'status',
      'execute_input',
      'execute_result',
      'status',
    ]);
    expect(result(outcome)).toEqual({ 'text/plain': '42' });
    const [input] = contents(outcome, 'execute_input');
    expect(input.code).toBe('const six: number = 6;\nsix * 7');
    expect(outcome.reply.content).toMatchObject({ status: 'ok', execution_count: input.execution_count });
  });

  it('knows earlier cells, also in object shorthand and in closures', async () => {
    await client.execute('let counter = 1; const label = "pass"; const bump = () => ++counter;');
    expect(result(await client.execute('bump(); ({ counter, label })'))).toEqual({
      'text/plain': "{ counter: 2, label: 'pass' }",
    });
  });

  it('awaits at the top and awaits the last value', async () => {
    expect(result(await client.execute('const a = await Promise.resolve(3); a + 1'))['text/plain']).toBe('4');
    expect(result(await client.execute('Promise.resolve("later")'))['text/plain']).toBe("'later'");
    expect(
      printed(await client.execute('for await (const i of [Promise.resolve(1), 2]) console.log(i)')),
    ).toBe('1\n2\n');
  });

  it('reports what a cell throws', async () => {
    const outcome = await client.execute('function inner() { throw new RangeError("too far"); }\ninner()');
    expect(outcome.reply.content).toMatchObject({ status: 'error', ename: 'RangeError', evalue: 'too far' });
    const [error] = contents(outcome, 'error');
    expect(error).toMatchObject({ ename: 'RangeError', evalue: 'too far' });
    const traceback = (error.traceback as string[]).join('\n');
    expect(traceback).toContain('at inner');
    expect(traceback).not.toContain('tslab');
  });

  it('reports a rejected last value', async () => {
    const outcome = await client.execute('Promise.reject(new TypeError("no"))');
    expect(outcome.reply.content).toMatchObject({ status: 'error', ename: 'TypeError', evalue: 'no' });
  });

  it('points at what does not compile', async () => {
    const outcome = await client.execute('const fine = 1;\nconst text: string = fine;');
    expect(outcome.reply.content).toMatchObject({
      ename: 'CompileError',
      evalue: "Type 'number' is not assignable to type 'string'.",
    });
    expect(outcome.reply.content.traceback).toEqual([
      `Cell [${outcome.reply.content.execution_count}], line 2, column 7 - Type 'number' is not assignable to type 'string'.`,
      '  const text: string = fine;',
      '        ^',
    ]);
  });

  it('shows and keeps nothing of a silent cell', async () => {
    const before = (await client.execute('1')).reply.content.execution_count;
    const outcome = await client.execute(
      `console.log(2); console.error(3); (globalThis as any)[Symbol.for('solireward.host')].display({}); 2`,
      { silent: true },
    );
    expect(outcome.published.map(({ type }) => type)).toEqual(['status', 'status']);
    expect(outcome.reply.content).toMatchObject({ status: 'ok', execution_count: before });
    const failing = await client.execute('throw new Error("quietly")', { silent: true });
    expect(failing.published.map(({ type }) => type)).toEqual(['status', 'status']);
    expect(failing.reply.content).toMatchObject({ status: 'error', evalue: 'quietly' });
    const { reply } = await client.request('history_request', { hist_access_type: 'tail', n: 1 });
    expect((reply.content.history as unknown[][])[0].slice(1)).toEqual([before, '1']);
    expect((await client.execute('3', { store_history: false })).reply.content.execution_count).toBe(before);
    expect((await client.execute('4')).reply.content.execution_count).toBe((before as number) + 1);
  });

  it('aborts what was queued behind an error and runs what is sent after it', async () => {
    const failing = await client.send('execute_request', { code: 'throw new Error("stop")' });
    const queued = await client.send('execute_request', { code: '"queued"' });
    await client.outcome(failing);
    const after = await client.execute('"after"');
    const aborted = await client.outcome(queued);
    expect(aborted.reply.type).toBe('execute_reply');
    expect(aborted.reply.content.status).toBe('aborted');
    expect(aborted.published.map(({ type }) => type)).toEqual(['status', 'status']);
    expect(result(after)['text/plain']).toBe("'after'");
  });

  it('goes on after an error where stop_on_error is false', async () => {
    const failing = await client.send('execute_request', { code: 'throw 1', stop_on_error: false });
    const next = await client.send('execute_request', { code: '"next"' });
    await client.outcome(failing);
    expect((await client.outcome(next)).reply.content.status).toBe('ok');
  });
});

describe('user_expressions', () => {
  it('are each told as a bundle or as an error', async () => {
    const { reply } = await client.execute('const cup = { tea: 1 };', {
      user_expressions: {
        tea: 'cup.tea',
        later: 'Promise.resolve(cup) // awaited',
        shows: `{ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<b>1</b>' }) }`,
        fails: '(() => { throw new RangeError("no tea") })()',
        wrong: 'let x = 1',
      },
    });
    const { tea, later, shows, fails, wrong } = reply.content.user_expressions as Record<string, object>;
    expect(tea).toEqual({ status: 'ok', data: { 'text/plain': '1' }, metadata: {} });
    expect(later).toMatchObject({ data: { 'text/plain': '{ tea: 1 }' } });
    expect(shows).toMatchObject({ data: { 'text/html': '<b>1</b>' } });
    expect(fails).toMatchObject({ status: 'error', ename: 'RangeError', evalue: 'no tea' });
    expect(wrong).toMatchObject({ status: 'error', ename: 'CompileError' });
  });

  it('are not told where the cell fails', async () => {
    const { reply } = await client.execute('throw 1', { user_expressions: { one: '1' } });
    expect(reply.content).not.toHaveProperty('user_expressions');
  });
});

describe('display', () => {
  const host = `const host = (globalThis as any)[Symbol.for('solireward.host')];`;

  it('sends bundles with metadata and updates them in place', async () => {
    const outcome = await client.execute(`${host}
host.display({ 'text/plain': 'one', 'text/html': '<b>one</b>' }, { displayId: 'd1', metadata: { isolated: true } });
host.display({ 'text/plain': 'two' }, { displayId: 'd1', update: true });`);
    expect(contents(outcome, 'display_data')).toEqual([
      {
        data: { 'text/plain': 'one', 'text/html': '<b>one</b>' },
        metadata: { isolated: true },
        transient: { display_id: 'd1' },
      },
    ]);
    expect(contents(outcome, 'update_display_data')).toEqual([
      { data: { 'text/plain': 'two' }, metadata: {}, transient: { display_id: 'd1' } },
    ]);
  });

  it('clears the output', async () => {
    const outcome = await client.execute(`${host} host.clearOutput(true)`);
    expect(contents(outcome, 'clear_output')).toEqual([{ wait: true }]);
  });

  it('lets values show themselves, also a promise of one', async () => {
    const shows = `({ [Symbol.for('Jupyter.display')]: async () => ({ 'text/html': '<i>me</i>' }) })`;
    expect(result(await client.execute(shows))).toEqual({ 'text/html': '<i>me</i>' });
    expect(result(await client.execute(`Promise.resolve${shows}`))).toEqual({ 'text/html': '<i>me</i>' });
  });
});

describe('the other requests', () => {
  it('completes the names of modules as a whole, and the texts that a type allows', async () => {
    const complete = async (code: string) =>
      (await client.request('complete_request', { code, cursor_pos: code.length - 1 })).reply.content;
    expect(await complete("import {} from 'node:pa'")).toMatchObject({
      matches: ['node:path', 'node:path/posix', 'node:path/win32'],
      cursor_start: 16,
      cursor_end: 23,
    });
    expect(await complete("const q: 'alpha' | 'beta' = 'al'")).toMatchObject({
      matches: ['alpha'],
      cursor_start: 29,
      cursor_end: 31,
    });
  });

  it('completes in code points', async () => {
    const code = '"😀"; Math.ab';
    const { reply } = await client.request('complete_request', { code, cursor_pos: [...code].length });
    expect(reply.content).toMatchObject({ status: 'ok', matches: ['abs'], cursor_start: 10, cursor_end: 12 });
    expect(reply.content.metadata).toEqual({
      _jupyter_types_experimental: [{ text: 'abs', type: 'method', start: 10, end: 12 }],
    });
  });

  it('inspects in code points', async () => {
    const code = '"😀"; const answer = 42; answer';
    const { reply } = await client.request('inspect_request', { code, cursor_pos: [...code].length - 1 });
    expect(reply.content).toMatchObject({ found: true, data: { 'text/plain': 'const answer: 42' } });
    const nothing = await client.request('inspect_request', { code: ' ', cursor_pos: 0 });
    expect(nothing.reply.content).toMatchObject({ status: 'ok', found: false });
  });

  it('says whether a cell is complete', async () => {
    const status = async (code: string) =>
      (await client.request('is_complete_request', { code })).reply.content.status;
    expect(await status('1 + 1')).toBe('complete');
    expect(await status('function f() {')).toBe('incomplete');
    expect(await status('f(1))')).toBe('invalid');
  });

  it('remembers what was run', async () => {
    await client.execute('"remember me"');
    const { reply } = await client.request('history_request', { hist_access_type: 'tail', n: 1 });
    expect((reply.content.history as unknown[][])[0][2]).toBe('"remember me"');
  });

  it('answers while a cell awaits', async () => {
    const gate = client.gate();
    const running = await client.send('execute_request', {
      code: `while (${gate.closed}) await new Promise((r) => setTimeout(r, 20)); "done"`,
    });
    const { reply } = await client.request('complete_request', { code: 'Math.ab', cursor_pos: 7 });
    expect(reply.content.matches).toEqual(['abs']);
    expect(client.published(running).some(({ type }) => type === 'execute_result')).toBe(false);
    gate.open();
    expect(result(await client.outcome(running))['text/plain']).toBe("'done'");
  });

  it('ignores messages with a wrong signature', async () => {
    const forged = await client.send(
      'execute_request',
      { code: '(globalThis as any).forged = 1' },
      { tamper: true },
    );
    expect(result(await client.execute('String((globalThis as any).forged)'))['text/plain']).toBe(
      "'undefined'",
    );
    expect(client.published(forged)).toEqual([]);
  });

  it('runs a message once, on whatever channel it is replayed', async () => {
    await client.execute('let runs = 0;');
    const id = randomUUID();
    const frames = client.frames(id, 'execute_request', { code: 'runs++' });
    await client.sendFrames(frames);
    await client.outcome(id);
    await client.sendFrames(frames);
    await client.sendFrames(frames, { channel: 'control' });
    await client.request('kernel_info_request', {}, { channel: 'control' });
    expect(result(await client.execute('runs'))['text/plain']).toBe('1');
  });

  it.each(['shell', 'control', 'stdin'] as const)('outlives malformed frames on %s', async (channel) => {
    const header = JSON.stringify({ msg_id: randomUUID(), msg_type: 'execute_request' });
    for (const parts of [
      ['null', '{}', '{}', '{}'],
      [header, '{}', '{}', 'null'],
      [header, '{}', '{}', '{'],
      ['{}', '{}', '{}', '{}'],
    ])
      await client.sendFrames(['<IDS|MSG>', client.sign(parts), ...parts], { channel });
    for (const frames of [[''], ['<IDS|MSG>'], ['<IDS|MSG>', 'ab', '{}'], ['no', 'message', 'at', 'all']])
      await client.sendFrames(frames, { channel });
    const { reply } = await client.request('kernel_info_request', {}, { channel: 'control' });
    expect(reply.content.status).toBe('ok');
    expect(printed(await client.execute('console.log("alive")'))).toBe('alive\n');
  });

  it.each(['execute_request', 'complete_request', 'comm_open', 'history_request', 'no_such_request'])(
    'outlives a %s without content',
    async (type) => {
      const id = await client.send(type, {});
      await client.until(() =>
        client.published(id).some(({ content }) => content.execution_state === 'idle'),
      );
    },
  );
});

describe('interrupt', () => {
  const interrupt = () => client.request('interrupt_request', {}, { channel: 'control' });

  it('ends a loop, an await and a library call that heeds the signal; what was made stays', async () => {
    await client.execute('const kept = "still here"');
    for (const code of [
      'while (true) {}',
      'await new Promise(() => {})',
      'new Promise(() => {})',
      `await new Promise((_, no) => (globalThis as any)[Symbol.for('solireward.host')].signal.addEventListener('abort', () => no(new Error('saved'))))`,
    ]) {
      const running = await client.send('execute_request', { code });
      await client.until(() => client.published(running).some(({ type }) => type === 'execute_input'));
      await new Promise((resolve) => setTimeout(resolve, 300)); // to come into its loop; sooner is right, too
      expect((await interrupt()).reply.content.status).toBe('ok');
      const { reply } = await client.outcome(running);
      expect(reply.content.status).toBe('error');
      expect(reply.content.ename === 'Interrupted' || reply.content.evalue === 'saved').toBe(true);
    }
    expect(result(await client.execute('kept'))['text/plain']).toBe("'still here'");
  });

  it('does nothing between cells', async () => {
    await interrupt();
    expect(result(await client.execute('1'))['text/plain']).toBe('1');
  });
});

it('beats, also while a cell computes', async () => {
  const gate = client.gate();
  const running = await client.send('execute_request', { code: `while (${gate.closed});` });
  await client.until(() => client.published(running).some(({ type }) => type === 'execute_input'));
  expect(await client.beats()).toBe(true);
  expect(client.published(running).some(({ content }) => content.execution_state === 'idle')).toBe(false);
  gate.open();
  await client.outcome(running);
});
