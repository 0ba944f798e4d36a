import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../support/kernelClient.js';
import { alone, defaultsInHead, isClass, rooms } from '../support/publicNames.js';

let client: Client;
beforeAll(async () => {
  client = await Client.start();
  await client.execute("import * as sr from 'solireward';");
});
afterAll(() => client.stop());

/** What an inspection at the end of the code says. */
async function inspected(code: string): Promise<string> {
  const { reply } = await client.request('inspect_request', { code, cursor_pos: [...code].length });
  return String((reply.content.data as Record<string, string>)['text/plain'] ?? '');
}

/** The kinds of the names that fit at the end of the code. */
async function kinds(code: string): Promise<Record<string, string>> {
  const { reply } = await client.request('complete_request', { code, cursor_pos: code.length });
  const types =
    reply.metadata._jupyter_types_experimental ??
    (reply.content.metadata as typeof reply.metadata)._jupyter_types_experimental;
  return Object.fromEntries(
    (types as { text: string; type: string }[]).map(({ text, type }) => [text, type]),
  );
}

it.each(alone)('sr.%s: comment and parameters, also inside its brackets', async (name) => {
  for (const code of [`sr.${name}`, `sr.${name}(`])
    expect(await inspected(code)).toMatch(
      new RegExp(`^function ${name}\\b[\\s\\S]*\\n\\n\\S[\\s\\S]*\\nParameters:\\n`),
    );
});

describe.each(rooms)('the room %s', (room, face) => {
  it('says what it is for', async () => {
    expect(await inspected(`sr.${room}`)).toMatch(new RegExp(`^module ${room}\\n\\n\\S`));
  });

  it('has true kinds in completions', async () => {
    const known = await kinds(`sr.${room}.`);
    for (const [name, value] of Object.entries(face as object)) {
      if (isClass(value)) expect([name, known[name]]).toEqual([name, 'class']);
      else if (typeof value === 'function') expect([name, known[name]]).toEqual([name, 'function']);
      else expect([name, known[name]]).toEqual([name, expect.stringMatching(/^(const|let|var)$/)]);
    }
  });

  it.each(Object.keys(face))(
    '%s: comment, parameters and defaults, also inside its brackets',
    async (name) => {
      const value: unknown = Reflect.get(face as object, name);
      const text = await inspected(`sr.${room}.${name}`);
      const kind = isClass(value) ? 'class' : typeof value === 'function' ? '(function|const)' : 'const';
      expect(text).toMatch(new RegExp(`^${kind} ${name}\\b`));
      expect(text).not.toContain('/dist/');
      const [, about] = /\n\n(\S.*)/.exec(text) ?? [];
      expect(about, 'a comment').toMatch(/\w/);
      expect(about, 'a comment before the parameters').not.toBe('Parameters:');
      if (typeof value !== 'function') return;
      const call = await inspected(`${isClass(value) ? 'new ' : ''}sr.${room}.${name}(`);
      expect(call).toContain(name);
      expect(call).toMatch(/\n\n\S/);
      if (isClass(value)) return;
      // The last of several signatures may be another one than the first, with a comment of its own.
      if (!text.includes('overload')) expect(call).toContain(about);
      const parameters = text.split('\nParameters:\n')[1] ?? '';
      if (value.length > 0) expect(parameters).toMatch(/^ {2}\w+\??: /);
      for (const [option, shown] of defaultsInHead(value as never)) {
        const line = parameters
          .split('\n')
          .find((line) => line.trim().startsWith(option) && line.includes(' = '));
        const told = line?.split(' = ').at(-1);
        // 1000 may have become 1e3 on the way here.
        expect(Number(told) === Number(shown) || told === shown, option).toBe(true);
      }
    },
  );
});

describe('an inspection', () => {
  it('in brackets is about what is called, beside the name there', async () => {
    expect(await inspected('const file = "x"; sr.data.readVotes(file')).toMatch(
      /^const file: "x"\n\nin the brackets of\n\nfunction readVotes\(file: string/,
    );
    expect(await inspected('sr.data.readVotes("votes.csv", ')).toMatch(/^function readVotes\(/);
    expect(await inspected('Math.max(Math.min')).toMatch(/^\(method\) Math.min/);
    expect(await inspected('sr.plot.roc(sr.analysis.mean(')).toMatch(/^function mean\(/);
    expect(await inspected('sr.data.readVotes("votes.csv") + 1')).toBe('');
  });

  it('of an option is about it', async () => {
    const text = await inspected('sr.notebook.image("a.png", { width');
    expect(text).toContain('width?: number');
    expect(text).toContain('Width in pixels of the page.');
  });

  it('of a function of a cell has its defaults', async () => {
    await client.execute('/** Adds. */\nfunction add(a: number, b = 2) { return a + b; }');
    expect(await inspected('add(')).toContain('Adds.');
    expect(await inspected('/** Takes. */ function take(a: number, { b = 2 } = {}) {}; take(1, ')).toMatch(
      /b\?: number = 2/,
    );
  });
});

describe('completions', () => {
  it('know functions, classes, keywords, properties and modules', async () => {
    expect(await kinds('const other = 1, mine = () => 1; class Made { own = 1 }; m')).toMatchObject({
      mine: 'function',
    });
    expect(await kinds('const other = 1; oth')).toMatchObject({ other: 'const' });
    expect(await kinds('class Made { own = 1; run() {} }; new Made().')).toEqual({
      own: 'property',
      run: 'method',
    });
    expect(await kinds('class Made {}; Mad')).toMatchObject({ Made: 'class' });
    expect(await kinds('wh')).toMatchObject({ while: 'keyword' });
    expect(await kinds('sr.')).toMatchObject({ data: 'module', plot: 'module' });
  });
});
