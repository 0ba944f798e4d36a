import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Notebook, NotebookCell } from '../../kernel/headless/notebookFile.js';
import { firstChange } from '../../src/cli/run.js';

const cli = fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A code cell, or one of text where it begins with `#`. */
const cell = (source: string, ...tags: string[]) => ({
  cell_type: source.startsWith('#') ? 'markdown' : 'code',
  // As Jupyter writes it: a list of lines.
  source: source.split(/(?<=\n)/),
  metadata: tags.length > 0 ? { tags } : {},
  ...(!source.startsWith('#') && { outputs: [], execution_count: null }),
});
function write(name: string, cells: ReturnType<typeof cell>[], more: object = {}): string {
  const file = join(folder, name);
  const kernelspec = { name: 'solireward', language: 'typescript', display_name: 'TypeScript (SoliReward)' };
  writeFileSync(
    file,
    JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5, ...more }),
  );
  return file;
}
const executed = (file: string): Notebook =>
  JSON.parse(readFileSync(file.replace(/\.ipynb$/, '.executed.ipynb'), 'utf8'));

/** `solireward run`, with what it has printed so far. */
class Started {
  text = '';
  readonly child: ChildProcess;
  readonly code: Promise<number>;
  #heard = () => {};

  constructor(args: string[], env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(process.execPath, [cli, 'run', ...args], { env: { ...process.env, ...env } });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on('data', (chunk) => {
        this.text += chunk;
        this.#heard();
      });
    this.code = once(this.child, 'close').then(([code]) => code);
    running.push(this.child);
  }

  async until(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.text)) {
      const ended = await Promise.race([
        this.code,
        new Promise<void>((resolve) => {
          this.#heard = resolve;
        }),
      ]);
      if (ended !== undefined && !pattern.test(this.text))
        throw new Error(`ended with ${ended}: ${this.text}`);
    }
  }
}
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

describe('solireward run', () => {
  it('runs a notebook with parameters, and keeps its outputs as a front end does', async () => {
    const file = write('good.ipynb', [
      cell('# Title'),
      cell("const name = 'nobody';\nlet count = 1, factor = 0.5;", 'parameters'),
      cell(
        `import * as sr from 'solireward';\nconsole.log('hello', name, count);\nconsole.log(sr.notebook.parameter('SEED', 1) + 1);`,
      ),
      cell(`console.error('to stderr');\ncount * 2`),
      cell('throw new Error("not run")', 'skip-execution'),
      cell(`throw new Error('allowed')`, 'raises-exception'),
      cell(`const shown = { 'text/plain': 'first' };
await sr.notebook.display(shown, { displayId: 'it' });
console.log('gone'); sr.notebook.clearOutput();
await sr.notebook.display({ 'text/plain': 'kept' }, { displayId: 'other' });`),
      cell(`await sr.notebook.display({ 'text/plain': 'updated' }, { displayId: 'other', update: true });`),
      cell('  '),
    ]);
    const started = new Started([file, '-p', 'name=Ann B', '-p', 'count=3', '--parameter', 'seed=41']);
    expect(await started.code, started.text).toBe(0);
    const lines = started.text.trim().split('\n');
    expect(lines.map((line) => line.replace(/ +\d+\.\d s/, ' 0.0 s'))).toEqual([
      `[1/9] 0.0 s  const name = 'nobody';`,
      '[2/9] 0.0 s  // Parameters',
      `[3/9] 0.0 s  import * as sr from 'solireward';`,
      `[4/9] 0.0 s  console.error('to stderr');`,
      `[6/9] 0.0 s  throw new Error('allowed')`,
      `[7/9] 0.0 s  const shown = { 'text/plain': 'first' };`,
      // The title of a cell is its first line, of which 90 letters are shown.
      `[8/9] 0.0 s  ${"await sr.notebook.display({ 'text/plain': 'updated' }, { displayId: 'other', update: true });".slice(0, 90)}`,
      expect.stringMatching(/^all 9 cells ran, 0.0 s; .*good.executed.ipynb$/),
    ]);
    const { cells } = executed(file);
    expect(cells).toHaveLength(10);
    expect(cells[2]).toMatchObject({
      source: '// Parameters\nlet name = "Ann B";\nlet count = 3;',
      metadata: { tags: ['injected-parameters'] },
    });
    expect(cells[3].outputs).toEqual([
      { output_type: 'stream', name: 'stdout', text: 'hello Ann B 3\n42\n' },
    ]);
    expect(cells[4].outputs).toEqual([
      { output_type: 'stream', name: 'stderr', text: 'to stderr\n' },
      { output_type: 'execute_result', data: { 'text/plain': '6' }, metadata: {}, execution_count: 4 },
    ]);
    expect(cells[5]).toMatchObject({ outputs: [], execution_count: null });
    expect(cells[6].outputs).toMatchObject([{ output_type: 'error', evalue: 'allowed' }]);
    expect(cells[7].outputs).toEqual([
      { output_type: 'display_data', data: { 'text/plain': 'updated' }, metadata: {} },
    ]);
    // The notebook itself is as it was.
    expect(JSON.parse(readFileSync(file, 'utf8')).cells).toHaveLength(9);
  });

  it('stops at the cell that fails, and keeps what there was', async () => {
    const file = write('bad.ipynb', [
      cell('1'),
      cell(`console.log('before'); throw new Error('broken')`),
      cell('3'),
    ]);
    const started = new Started([file, '--output', join(folder, 'other.ipynb')]);
    expect(await started.code).toBe(1);
    expect(started.text).toMatch(
      /\[2\/3\] +FAILED.*\n(.*\n)*.*broken(.*\n)*cell 2 of 3 did not run to its end/,
    );
    const { cells }: Notebook = JSON.parse(readFileSync(join(folder, 'other.ipynb'), 'utf8'));
    expect(cells[1].outputs).toMatchObject([
      { name: 'stdout', text: 'before\n' },
      { output_type: 'error', evalue: 'broken' },
    ]);
    expect(cells[2]).toMatchObject({ outputs: [], execution_count: null });
    expect(existsSync(join(folder, 'bad.executed.ipynb'))).toBe(false);
  });

  it('is interrupted by Ctrl-C, with the outputs so far', async () => {
    const file = write('endless.ipynb', [
      cell('console.log("done")'),
      cell('console.log("in it"); for (;;) await new Promise((r) => setTimeout(r, 5))'),
    ]);
    const started = new Started([file]);
    await started.until(/\[1\/2\]/);
    // The file is written after each cell, so that a kill leaves what was done.
    await expect.poll(() => existsSync(file.replace('.ipynb', '.executed.ipynb'))).toBe(true);
    started.child.kill('SIGINT');
    expect(await started.code).toBe(130);
    expect(executed(file).cells[1].outputs?.at(-1)).toMatchObject({
      output_type: 'error',
      ename: 'Interrupted',
    });
  });

  it('tells of a kernel that ends', async () => {
    const file = write('dies.ipynb', [
      cell(
        'console.log("last words"); setTimeout(() => process.kill(process.pid, "SIGKILL"), 500); await new Promise(() => {})',
      ),
    ]);
    const started = new Started([file]);
    expect(await started.code).toBe(1);
    expect(started.text).toContain('solireward: the kernel was ended by SIGKILL');
    expect(executed(file).cells[0].outputs).toMatchObject([{ text: 'last words\n' }]);
  });

  it('runs on from the cell that was edited, while it watches', async () => {
    const first = cell('const started = Math.random(); console.log(started)');
    const file = write('watched.ipynb', [
      first,
      cell('"two"'),
      cell('for (;;) await new Promise((r) => setTimeout(r, 5))'),
    ]);
    const started = new Started([file, '--watch']);
    await started.until(/\[2\/3\]/);
    const before = executed(file).cells[0].outputs;
    expect(before).toHaveLength(1);
    // The third cell runs for ever; an edit of it, and of the second one, ends it.
    write('watched.ipynb', [first, cell('"changed"'), cell('started > 1')]);
    await started.until(/\[2\/3\].*"changed"\n.*\[3\/3\].*\n.*all 3 cells ran.*\n.*watching watched.ipynb/);
    const { cells } = executed(file);
    expect(cells[0].outputs).toEqual(before);
    expect(cells.slice(1).map(resultOf)).toEqual(["'changed'", 'false']);
    started.child.kill('SIGINT');
    expect(await started.code).toBe(130);
  });

  it.each<[string, () => string[], number, RegExp]>([
    ['no file', () => [join(folder, 'none.ipynb')], 1, /run: cannot read .*none.ipynb: ENOENT/],
    ['what is not JSON', () => [write2('text.ipynb', 'hello')], 1, /text.ipynb is not valid JSON/],
    [
      'an old format',
      () => [write('old.ipynb', [], { nbformat: 3 })],
      1,
      /not a notebook of format 4 \(it says 3\)/,
    ],
    [
      'a notebook of Python',
      () => [write('py.ipynb', [], { metadata: { kernelspec: { name: 'python3', language: 'python' } } })],
      1,
      /of the kernel "python3" for python; run it by jupyter/,
    ],
    [
      'an unknown parameter',
      () => [write('par.ipynb', [cell('let a = 1', 'parameters')]), '-p', 'b=2'],
      1,
      /has no parameter "b", only a; a parameter is/,
    ],
    ['a parameter without a value', () => ['x.ipynb', '-p', 'b'], 2, /-p takes NAME=VALUE, received 'b'/],
    ['two notebooks', () => ['a.ipynb', 'b.ipynb'], 2, /run takes one notebook, received 2/],
    [
      'to watch what it writes',
      () => ['a.ipynb', '--watch', '--output', 'a.ipynb'],
      2,
      /cannot write into the notebook that is edited/,
    ],
  ])('refuses %s', async (_, args, code, message) => {
    const started = new Started(args());
    expect(await started.code).toBe(code);
    expect(started.text).toMatch(message);
  });
});

function write2(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const resultOf = ({ outputs }: NotebookCell) => {
  const result = outputs?.find(({ output_type }) => output_type === 'execute_result');
  return (result?.data as Record<string, string> | undefined)?.['text/plain'];
};

describe('firstChange', () => {
  const of = (...sources: string[]): Notebook => ({
    cells: ['text', ...sources].map((source, i) => ({
      cell_type: i === 0 ? 'markdown' : 'code',
      source,
      metadata: {},
    })),
    ...{ metadata: {}, nbformat: 4, nbformat_minor: 5 },
  });
  it.each([
    [of('a', 'b'), of('a', 'b'), undefined],
    [of('a', 'b'), of('a', 'c'), 2],
    [of('a', 'b'), of('a', 'x', 'b'), 2],
    [of('a', 'b'), of('a', 'b', 'c'), 3],
    [of('a', 'b', 'c'), of('a', 'b'), 3],
    [of('a', 'b', 'c'), of('b', 'c'), 1],
  ])('is the place of the first code cell that differs', (before, after, expected) => {
    expect(firstChange(before, after)).toBe(expected);
  });
});
