import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Client, contents, printed } from '../../support/kernelClient.js';

let client: Client;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'solireward-stacks-'));
  writeFileSync(
    join(folder, 'helper.ts'),
    `interface Unused { a: string }

export function fail(why: string): never {
  throw new Error(why);
}`,
  );
  client = await Client.start(folder);
});
afterAll(async () => {
  await client.stop();
  rmSync(folder, { recursive: true });
});

/** The traceback of a cell that fails, and the number of the cell. */
async function traceback(code: string): Promise<{ lines: string[]; cell: string }> {
  const outcome = await client.execute(code);
  const [{ traceback }] = contents(outcome, 'error') as [{ traceback: string[] }];
  return { lines: traceback, cell: `Cell [${outcome.reply.content.execution_count}]` };
}

describe('tracebacks', () => {
  it('tell places of the TypeScript source, and no frames of the kernel', async () => {
    const { lines, cell } = await traceback(`interface Gone { much: string; type: number }
enum Direction { Up, Down }

function inner(gone?: Gone): never {
  for (const x of [1]) { if (x) throw new RangeError('too far'); }
  throw 1;
}
   inner()`);
    expect(lines).toEqual([
      'RangeError: too far',
      `    at inner (${cell}, line 5, column 39)`,
      `    at ${cell}, line 8, column 4`,
    ]);
  });

  it('tell places in async code, behind awaits', async () => {
    const { lines, cell } = await traceback(`const tick = () => new Promise<void>((done) => setTimeout(done));
async function deep() {
  await tick();
  throw new Error('deep');
}
await deep();`);
    expect(lines).toEqual([
      'Error: deep',
      `    at deep (${cell}, line 4, column 9)`,
      `    at async ${cell}, line 6, column 1`,
    ]);
  });

  it('leave out the event loop, which is seen where several timers are due at once', async () => {
    const { lines, cell } = await traceback(`async function late() {
  await new Promise<void>((done) => setTimeout(done));
  throw new Error('late');
}
const failing = late();
setTimeout(() => {});
for (const start = Date.now(); Date.now() < start + 20; );
await failing;`);
    expect(lines).toEqual([
      'Error: late',
      `    at late (${cell}, line 3, column 9)`,
      `    at async ${cell}, line 8, column 1`,
    ]);
  });

  it('tell the cell of a function that a later cell calls', async () => {
    const defining = await client.execute('function broken() {\n  return (undefined as any).x;\n}');
    const { lines, cell } = await traceback('\nbroken()');
    expect(lines[1]).toBe(
      `    at broken (Cell [${defining.reply.content.execution_count}], line 2, column 29)`,
    );
    expect(lines[2]).toContain(`    at ${cell}, line 2, column`);
    expect(lines).toHaveLength(3);
  });

  it('tell the source of a file of the folder', async () => {
    const { lines, cell } = await traceback(`import { fail } from './helper';\nfail('there');`);
    expect(lines).toEqual([
      'Error: there',
      `    at fail (${join(folder, 'helper.ts')}:4:9)`,
      `    at ${cell}, line 2, column 1`,
    ]);
  });

  it('are right in what code prints and in what fails later', async () => {
    const outcome = await client.execute(`console.log(new Error('printed').stack);
setTimeout(() => {
  throw new Error('later');
}, 20);
await new Promise((done) => setTimeout(done, 300))`);
    const cell = `Cell [${outcome.reply.content.execution_count}]`;
    expect(printed(outcome)).toBe(`Error: printed\n    at ${cell}, line 1, column 13\n`);
    expect(printed(outcome, 'stderr')).toContain(`${cell}, line 3, column 9`);
  });

  it('keep the cause and the fields of an error', async () => {
    const { lines, cell } = await traceback(
      `const cause = new Error('cause');\nthrow Object.assign(new Error('effect', { cause }), { code: 7 })`,
    );
    const text = lines.join('\n');
    expect(text).toContain(`Error: effect\n    at ${cell}, line 2, column 21`);
    expect(text).toContain(`[cause]: Error: cause\n      at ${cell}, line 1, column 15`);
    expect(text).toContain('code: 7');
  });

  it('point at what does not compile', async () => {
    const wrongType = await traceback('const fine = 1;\n  const text: string = fine;');
    expect(wrongType.lines[0]).toBe(
      `${wrongType.cell}, line 2, column 9 - Type 'number' is not assignable to type 'string'.`,
    );
    const wrongSyntax = await traceback('1 +\n\nlet = ;');
    expect(wrongSyntax.lines[0]).toContain(`${wrongSyntax.cell}, line 3`);
  });
});
