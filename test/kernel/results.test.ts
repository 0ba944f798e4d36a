import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Client, result } from '../support/kernelClient.js';

let client: Client;
beforeAll(async () => {
  client = await Client.start();
});
afterAll(() => client.stop());

/** The text of a cell's value, or what is wrong with the cell. */
async function text(code: string): Promise<string> {
  const outcome = await client.execute(code);
  return result(outcome)?.['text/plain'] ?? String(outcome.reply.content.evalue ?? '');
}

/** What an inspection says of the word at the end of the code. */
async function typeOf(code: string): Promise<string> {
  const { reply } = await client.request('inspect_request', { code, cursor_pos: code.length });
  return String((reply.content.data as Record<string, string>)['text/plain']);
}

describe('the values of earlier cells', () => {
  let count: number;
  beforeEach(async () => {
    const { reply } = await client.execute('"before"');
    count = Number(reply.content.execution_count);
  });

  it('_ is the last one, with its type', async () => {
    expect(await text('[1, 2, 3].map((n) => n * 2)')).toBe('[ 2, 4, 6 ]');
    expect(await text('const three = _.length;')).toBe('');
    expect(await text('_.toUpperCase()')).toContain(
      "Property 'toUpperCase' does not exist on type 'number[]'",
    );
    expect(await text('_.concat(three)')).toBe('[ 2, 4, 6, 3 ]');
  });

  it('Out[n] is that of the cell with the number n, with its type', async () => {
    expect(await text('await Promise.resolve({ a: { b: 5 } })')).toBe('{ a: { b: 5 } }');
    expect(await text(`Out[${count + 1}].a.b.toFixed(1)`)).toBe("'5.0'");
    expect(await text(`Out[${count}].length`)).toBe('6');
    expect(await text(`Out[${count + 1}].c`)).toContain("Property 'c' does not exist");
    expect(await text('Out[999]')).toContain('Out[999]: that cell has given no value');
  });

  it('have types of modules and of earlier cells', async () => {
    await client.execute("import * as sr from 'solireward'; interface Mine { own: string }");
    await client.execute('sr.plot.roc([0.1, 0.9, 0.4], [false, true, true])');
    expect(await typeOf('_')).toMatch(/^const _: sr\.plot\.Figure\b/);
    expect(await text('typeof _.toSvg()')).toBe("'string'");
    await client.execute("const mine: Mine[] = [{ own: 'x' }]; mine");
    expect(await text('_[0].own.length')).toBe('1');
  });

  it('have what can be said where a type has no name', async () => {
    await client.execute('(() => { class Hidden { seen = 1 } return new Hidden(); })()');
    expect(await text('_.seen')).toBe('1');
    await client.execute('class Shown { private own = 1; seen = 2 } new Shown()');
    expect(await text('_.seen')).toBe('2');
  });

  it('are only those that are shown', async () => {
    await client.execute('undefined');
    await client.execute('const seven = 7;');
    await client.execute('8', { store_history: false });
    await client.execute('throw new Error("9")');
    expect(await text('_')).toBe("'before'");
  });

  it('are not meant by a parameter or by a property', async () => {
    expect(await text('[4, 5].map((_, i) => i)')).toBe('[ 0, 1 ]');
    expect(await text('({ _: 1, Out: 2 })._')).toBe('1');
  });
});

it("a cell's own _ and Out win, from then on", async () => {
  await client.execute('"before"');
  expect(await text('const _ = 5; _ * 2')).toBe('10');
  expect(await text('_ * 3')).toBe('15');
  expect(await text('_')).toBe('5');
  await client.execute('let Out = "mine"');
  expect(await text('Out += 1')).toBe("'mine1'");
  expect(await text('Out')).toBe("'mine1'");
});
