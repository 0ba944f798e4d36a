import { execFile, execFileSync } from 'node:child_process';
import {
  accessSync,
  constants,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../src/cli.js';
import { nestedBlocks } from './support/nestedBlocks.js';
import { capturePrinted, complained, printed } from './support/printed.js';

// Every code block and every command of the documents is run on small inputs, or checked by what reads it.

const root = resolve(fileURLToPath(new URL('..', import.meta.url)));
const text = (path: string) => readFileSync(join(root, path), 'utf8');
/** All pages but those of docs/api, whose blocks are the signatures that `npm run docs` writes. */
const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'test/golden/README.md'],
  ...readdirSync(join(root, 'docs'), { recursive: true })
    .map((name) => join('docs', String(name)).replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.md') && !name.startsWith('docs/api/')),
];

interface Block {
  page: string;
  line: number;
  language: string;
  code: string;
}
const blocks: Block[] = pages.flatMap((page) =>
  [...text(page).matchAll(/^ *```(.*)\n([\s\S]*?)^ *```$/gm)].map(({ 1: language, 2: code, index }) => ({
    ...{ page, language, code },
    line: text(page).slice(0, index).split('\n').length,
  })),
);
const placeOf = ({ page, line }: Block) => `${page}:${line}`;

/** Blocks that another test runs or compares, by the page and their first line. */
const elsewhere: Record<string, string> = {
  'docs/model.md: h_0 .. h_L': 'test/formulas.test.ts',
  'docs/plots.md': 'test/scripts/plots.test.ts',
  'docs/benchmarks.md: VideoGen-RewardBench': 'test/benchmark/docs.test.ts',
  'docs/serving.md: import base64, os, requests': 'test/cli/serve.test.ts',
};
/** Blocks that show what a command prints. */
const printedBy: Record<string, string> = {
  'docs/analysis.md: metric_scores.csv: clip': 'analyze metric_scores.csv',
};
/** Blocks that show something and are nothing to run. */
const pictures = ['docs/architecture.md: votes + clips ──> pairs'];
const isNamed = ({ page, code }: Block, names: readonly string[]) =>
  names.some((name) => name === page || `${page}: ${code}`.startsWith(name));

/** What is made smaller before it is run: less to compute, the same calls. */
const smaller: Record<string, [from: string, to: string][]> = {
  'README.md': [["folder: 'runs/first'", "folder: 'runs/first', steps: 1"]],
  'docs/annotation.md': [["readVotes('votes.jsonl')", "readVotes('votes.csv')"]], // nobody has voted
  'docs/audit.md': [
    ['slice(0, 30)', 'slice(0, 1)'],
    ...["'physics'", "'quality'", "'alignment'", 'table'].map((which): [string, string] => [
      `expectations: ${which}`,
      `families: ['blur', 'other prompt'], expectations: ${which}`,
    ]),
    ['python score.py', 'python3 score.py'],
    ['http://127.0.0.1:8080', 'LIVE_SERVER'],
  ],
  'docs/cluster.md': [
    ['shards: 250', 'shards: 2'],
    ['--shards 250', '--shards 2'],
  ],
  'docs/post-training.md': [
    ['steps: 30', 'steps: 1, promptsPerStep: 1, groupSize: 2'],
    ['perPrompt: 32', 'perPrompt: 2'],
  ],
  'docs/training.md': [
    ['accumulate: 40 }', 'accumulate: 1 }'],
    ["folder: 'runs/first',", "folder: 'runs/first', steps: 1,"],
    ["folder: 'runs/second',", "folder: 'runs/second', steps: 1,"],
    ["folder: 'runs/quality',", "folder: 'runs/quality', steps: 1,"],
    [`\`\${written.output}/checkpoint-300\``, "'checkpoints/mine'"], // nobody has trained there
    ['gpus: 8, nodes: 4', 'gpus: 1, nodes: 2'],
  ],
};
const shortened = (page: string, code: string) =>
  (smaller[page] ?? []).reduce((short, [from, to]) => short.replaceAll(from, to), code);

/** Commands that are run too, with the exit code that they end with; of the others the arguments are read. */
const commandsToRun: Record<string, [command: string, code: number][]> = {
  'docs/analysis.md': [
    ['analyze scores.csv --html', 0],
    ['analyze scores.csv --labels', 0],
  ],
  'docs/benchmarks.md': [
    ['benchmark videophy-2 videophy2_test.csv --videos', 0],
    ['score --model', 0],
    ['benchmark videophy-2 videophy2_test.csv --scores', 0],
  ],
  'docs/cluster.md': [
    ['cluster plan', 0],
    ['cluster status', 0],
    ['cluster merge', 0],
  ],
};

/** The file that a block quotes, where a line before the block says so. */
function quotedBy({ page, line }: Block): string | undefined {
  const [said] = text(page)
    .split('\n')
    .slice(0, line - 1)
    .reverse()
    .filter(Boolean);
  return /\bFrom `([\w/.]+)`:$/.exec(said ?? '')?.[1];
}

const isRun = (block: Block) =>
  block.language === 'ts' && !quotedBy(block) && !isNamed(block, Object.keys(elsewhere));

/** A line of a shell as words, without its comment. */
function wordsOf(line: string): string[] {
  const found = line.replace(/\s+#.*$/, '').match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g) ?? [];
  return found.map((word) => word.replaceAll(/['"]/g, ''));
}

const scripts: Record<string, string> = JSON.parse(text('package.json')).scripts;

/** What is wrong with a command, in a sentence; undefined for nothing. */
async function wrongIn(command: string): Promise<string | undefined> {
  const words = wordsOf(command);
  while (/^[A-Z_]+=/.test(words[0] ?? '')) words.shift();
  const [program, ...args] = words;
  if (program === 'npx' && args[0] === 'solireward') return wrongArguments(args.slice(1));
  if (program === 'solireward') return wrongArguments(args);
  if (program === 'npm' && (args[0] === 'run' || args[0] === 'test')) return wrongScript(args);
  if (program === 'export' && /^[A-Z_]+=/.test(args[0] ?? '')) return undefined;
  if (program === 'bash' || program === 'sbatch') return isExported(args[0]);
  if (program === 'pip') return wrongPip(args);
  if (program === 'node') return wrongFile(args[0]);
  if (program === 'npx' && args[0] === 'vite-node') return wrongFile(args[1]);
  if (program === 'docker') return wrongDocker(args);
  if (program.startsWith('.') && args.length === 0) return wrongProgram(program);
  return `nothing checks "${command}": say in wrongIn of test/docsBlocks.test.ts what does`;
}

/** The command line's own parser meets an option that there is not: all before it are known then. */
async function wrongArguments(args: readonly string[]): Promise<string | undefined> {
  printed.length = complained.length = 0;
  if (args.length < 2) {
    await main(['--help']);
    return printed.join('\n').includes(`solireward ${args[0]}`) ? undefined : `there is no ${args[0]}`;
  }
  await main([...args, '--no-such-option']);
  const [first] = complained;
  return /Unknown option '--no-such-option'/.test(first) ? undefined : first;
}

/** A script of package.json is there, and so are its options and the folders that it is given. */
function wrongScript([verb, ...rest]: readonly string[]): string | undefined {
  const [name, ...args] = verb === 'test' ? ['test', ...rest] : rest;
  const script = scripts[name];
  if (script === undefined) return `there is no script "${name}" in package.json`;
  const [, file] = /^node (?:--\S+ )*(scripts\/\S+\.mjs)$/.exec(script) ?? [];
  const known = file ? optionsOf(file) : [];
  const unknown = args.filter((arg) => /^--\w/.test(arg) && !known.includes(arg.slice(2)));
  if (unknown.length > 0) return `"npm run ${name}" does not know ${unknown.join(' ')}`;
  const missing = args.filter((arg) => /^(test|docs|notebooks)\//.test(arg) && !existsSync(join(root, arg)));
  return missing.length > 0 ? `there is no ${missing.join(' ')}` : undefined;
}

/** The names in the `options` of a script's `parseArgs`. */
function optionsOf(file: string): string[] {
  const names: string[] = [];
  const look = (node: ts.Node, within: boolean): void => {
    const isOptions = ts.isPropertyAssignment(node) && node.name.getText() === 'options';
    if (within && ts.isPropertyAssignment(node)) names.push(node.name.getText().replaceAll("'", ''));
    else ts.forEachChild(node, (child) => look(child, within || isOptions));
  };
  const source = ts.createSourceFile(file, text(file), ts.ScriptTarget.Latest, true);
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.getText() === 'parseArgs') look(node, false);
    else ts.forEachChild(node, visit);
  };
  visit(source);
  return names;
}

/** What pip installs is this project's wheel, or the one program that the pages name. */
function wrongPip(args: readonly string[]): string | undefined {
  const [, name] = /wheel `([\w-]+)`/.exec(text('kernel/wheel/backend.py'))!;
  const known = ['kernel/wheel', 'dist', name, `dist/${name.replaceAll('-', '_')}-*.whl`, 'imageio-ffmpeg'];
  const others = args.filter((arg) => !/^(wheel|install)$|^--/.test(arg) && !known.includes(arg));
  return others.length > 0 ? `nothing checks ${others.join(' ')} of "pip ${args.join(' ')}"` : undefined;
}

/** A stage that the Dockerfile has, and a command for the image that a shell of the clone could run. */
async function wrongDocker(args: readonly string[]): Promise<string | undefined> {
  const target = args.includes('--target') ? args[args.indexOf('--target') + 1] : 'cpu';
  if (!text('Dockerfile').includes(` AS ${target}\n`)) return `the Dockerfile has no stage ${target}`;
  const image = args.findIndex((arg) => /^solireward(:\w+)?$/.test(arg) && args[0] === 'run');
  const command = image < 0 ? [] : args.slice(image + 1);
  return command.length > 0 ? wrongIn(command.join(' ')) : undefined;
}

const wrongFile = (path: string): string | undefined =>
  existsSync(join(root, path)) ? undefined : `there is no ${path}`;

function wrongProgram(path: string): string | undefined {
  try {
    accessSync(join(root, path), constants.X_OK);
    return undefined;
  } catch {
    return `${path} is not a program of the clone`;
  }
}

let folder: string;
let results: { place: string; seconds: number; error?: string }[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'docs-'));
  // The samples that a page reads where the clone is.
  symlinkSync(join(root, 'test'), join(folder, 'test'), 'junction');
  const jobs = pages.map((page) => {
    const own = blocks.filter((block) => block.page === page);
    const code = own.filter(isRun).map((block) => `at(${JSON.stringify(placeOf(block))});\n${block.code}`);
    const lines = own.filter(({ language }) => language === 'sh').flatMap((block) => block.code.split('\n'));
    const commands: { args: string[]; code: number; prints?: string }[] = (commandsToRun[page] ?? []).map(
      ([start, code]) => {
        const line = lines.find((candidate) => candidate.startsWith(`npx solireward ${start}`));
        expect(line, `${page}: npx solireward ${start}`).toBeDefined();
        return { args: wordsOf(shortened(page, line!)).slice(2), code };
      },
    );
    for (const block of own)
      for (const [name, command] of Object.entries(printedBy))
        if (isNamed(block, [name])) commands.push({ args: command.split(' '), code: 0, prints: block.code });
    const module = ts.transpile(nestedBlocks(code), {
      target: ts.ScriptTarget.ESNext,
    });
    return { page, module: shortened(page, module), commands };
  });
  writeFileSync(join(folder, 'jobs.json'), JSON.stringify(jobs));
  const runner = join(root, 'test', 'support', 'docsRunner.mjs');
  await promisify(execFile)(process.execPath, [runner, root], { cwd: folder, maxBuffer: 1 << 26 });
  results = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A script that an example has written by `exportOfficial`, in the shell's own syntax. */
function isExported(script: string): string | undefined {
  const path = join(folder, script);
  if (!existsSync(path)) return `no example of the page writes ${script}`;
  execFileSync('bash', ['-n', path]);
  return undefined;
}

/** Whether the block is run or read by a test: those of `ts` and `sh` are, all of them. */
function isChecked(block: Block): boolean {
  if (block.language === 'ts' || block.language === 'sh') return true;
  if (isNamed(block, [...Object.keys(elsewhere), ...Object.keys(printedBy), ...pictures])) return true;
  const formulas = text('test/formulas.test.ts');
  const lines = block.code.split('\n').filter((line) => line.trim() !== '');
  return block.language === '' && lines.some((line) => formulas.includes(line));
}

const asks = (block: Block) =>
  `${placeOf(block)}: nothing runs this ${block.language || 'plain'} block: write it as ts or sh, or name in test/docsBlocks.test.ts what checks it`;

describe('the documents', () => {
  capturePrinted();

  it('have blocks that run as they stand', () => {
    expect(results.filter(({ error }) => error)).toEqual([]);
    const ran = results.map(({ place }) => place);
    expect(ran).toEqual(expect.arrayContaining(blocks.filter(isRun).map(placeOf)));
    // What is made smaller is there.
    for (const [page, changes] of Object.entries(smaller))
      for (const [from] of changes) expect(text(page), page).toContain(from);
  });

  it('have commands whose names, options and files are there', async () => {
    expect(await wrongIn('npx solireward analyze scores.csv --htm report.html')).toMatch(
      /Unknown option '--htm'/,
    );
    expect(await wrongIn('npx solireward analyse scores.csv')).toMatch(/unknown command/);
    expect(await wrongIn('npm run quickstart -- --dimensions physics')).toMatch(/does not know --dimensions/);
    expect(await wrongIn('npm run quick')).toMatch(/no script/);
    expect(await wrongIn('npm run unit -- test/nothing')).toMatch(/there is no test\/nothing/);
    expect(await wrongIn('docker build --target gpu .')).toMatch(/no stage gpu/);
    expect(await wrongIn('docker run solireward npm run quick')).toMatch(/no script/);
    expect(await wrongIn('make all')).toMatch(/nothing checks/);
    const wrong: string[] = [];
    for (const block of blocks.filter(({ language }) => language === 'sh'))
      for (const line of block.code.split('\n').filter((one) => one.trim() !== '')) {
        const sentence = await wrongIn(line);
        if (sentence) wrong.push(`${placeOf(block)}: ${sentence}`);
      }
    for (const page of pages) {
      const prose = text(page).replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');
      for (const [, command] of prose.matchAll(
        /`((?:npx )?solireward [^`]+|npm (?:run|test)[^`]*|pip [^`]+|node [^`]+|npx vite-node [^`]+|\.ci\/run)`/g,
      )) {
        const sentence = await wrongIn(command);
        if (sentence) wrong.push(`${page}: \`${command}\`: ${sentence}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('quote the source as it is', () => {
    const quotes = blocks.filter(quotedBy);
    expect(quotes.map(({ page }) => page)).toEqual(Array(3).fill('CONTRIBUTING.md'));
    const linesOf = (code: string) => code.split('\n').map((line) => line.trim());
    for (const block of quotes)
      expect(linesOf(text(quotedBy(block)!)), placeOf(block)).toEqual(
        expect.arrayContaining(linesOf(block.code)),
      );
  });

  it('have no block that nothing runs or checks', () => {
    const yaml = { page: 'docs/x.md', line: 3, language: 'yaml', code: 'a: 1\n' };
    expect([yaml, ...blocks].filter((block) => !isChecked(block)).map(asks)).toEqual([asks(yaml)]);
    for (const test of Object.values(elsewhere)) expect(text(test), test).toContain('docs'); // it reads the pages
    for (const name of [...Object.keys(elsewhere), ...Object.keys(printedBy), ...pictures])
      expect(blocks.filter((block) => isNamed(block, [name])).length, name).toBeGreaterThan(0);
  });
});
