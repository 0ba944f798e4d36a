import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { expect, it } from 'vitest';
import * as benchmark from '../../src/benchmark/index.js';
import { readScores } from '../../src/data/tables/readScores.js';

it('the example of the page runs as it stands, and shows what the page shows', async () => {
  const page = readFileSync('docs/benchmarks.md', 'utf8');
  const [, code, shown] = /```ts\n(.*?)\nresult .*?```\n\n```text\n(.*?)```/s.exec(page)!;
  const js = ts.transpile(code, { target: ts.ScriptTarget.ESNext });
  const run = new Function('sr', `return (async () => { ${js}; return result; })()`);
  const result = await run({ benchmark, data: { readScores } });
  expect(`${result}\n`).toBe(shown);
});
