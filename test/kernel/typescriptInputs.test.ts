import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, it } from 'vitest';
import { Client, contents, printed } from '../support/kernelClient.js';

/** TypeScript's repository, of which the inputs are run that typescriptInputs.txt lists. */
const repository = process.env.SOLIREWARD_TYPESCRIPT;
if (!repository)
  console.log("TypeScript's inputs are not run: SOLIREWARD_TYPESCRIPT names no clone of its repository.");

const listed = readFileSync(new URL('typescriptInputs.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line && !line.startsWith('#'));

it('the list names each input once', () => {
  expect(new Set(listed).size).toBe(listed.length);
  expect(listed.length).toBeGreaterThan(1500);
});

it.skipIf(!repository)('as cells, they do what they do in plain Node', { timeout: 3_600_000 }, async () => {
  const pathOf = (input: string) => join(repository!, 'tests', 'cases', 'conformance', input);
  // Another version has a few other inputs.
  const inputs = listed.filter((input) => existsSync(pathOf(input)));
  expect(inputs.length).toBeGreaterThan(1000);
  const sources = inputs.map((input) => readFileSync(pathOf(input), 'utf8').replace(/^\uFEFF/, ''));
  const expected = printedInNode(sources);
  const failed: string[] = [];
  let client = await Client.start();
  for (const [i, source] of sources.entries()) {
    if ((await printedInCell(client, source)) === expected[i]) continue;
    // A name of an earlier input may stand for something else now, as names of earlier cells do.
    await client.stop();
    client = await Client.start();
    const alone = await printedInCell(client, source);
    if (alone !== expected[i]) failed.push(`${inputs[i]}: ${alone}; in Node: ${expected[i]}`);
  }
  await client.stop();
  expect(failed).toEqual([]);
});

async function printedInCell(client: Client, source: string): Promise<string> {
  const outcome = await client.execute(source);
  const [error] = contents(outcome, 'error') as { traceback: string[] }[];
  return error ? error.traceback.join('\n') : (printed(outcome) + printed(outcome, 'stderr')).trim();
}

/** What modules print in plain Node, one after the other in one process. */
function printedInNode(sources: string[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'solireward-inputs-'));
  try {
    const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2024 };
    for (const [i, source] of sources.entries()) {
      const { outputText } = ts.transpileModule(`${source}\nexport {};`, { compilerOptions });
      writeFileSync(join(folder, `${i}.mjs`), outputText);
    }
    const runner = join(folder, 'runner.mjs');
    writeFileSync(
      runner,
      `import { format } from 'node:util';
      const all = [];
      let text = '';
      for (const name of ['log', 'info', 'warn', 'error', 'debug'])
        console[name] = (...values) => { text += format(...values) + '\\n'; };
      for (let i = 0; i < ${sources.length}; i++) {
        text = '';
        try { await import('./' + i + '.mjs'); } catch (error) { text += error?.stack ?? error; }
        await new Promise(setImmediate);
        all.push(text.trim());
      }
      process.stdout.write(JSON.stringify(all), () => process.exit(0));`,
    );
    return JSON.parse(execFileSync(process.execPath, [runner], { encoding: 'utf8', maxBuffer: 2 ** 28 }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
