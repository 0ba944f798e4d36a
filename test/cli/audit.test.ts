import { mkdtempSync, rmSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../src/cli.js';
import { makeClips } from '../support/clips.js';
import { engines } from '../support/engines.js';
import { goldenPath } from '../support/goldenFolder.js';

const [engine] = await engines();
let folder: string;
let input: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'solireward-audit-'));
  const clips = await makeClips(folder, 14);
  input = join(folder, 'items.json');
  await writeFile(
    input,
    JSON.stringify(clips.map(({ path }, i) => ({ video_path: path, prompt: `prompt ${i}` }))),
  );
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true }));

const said: string[] = [];
beforeEach(() => {
  said.length = 0;
  const listen = (...values: unknown[]) => {
    said.push(values.join(' '));
  };
  vi.spyOn(console, 'log').mockImplementation(listen);
  vi.spyOn(console, 'error').mockImplementation(listen);
});
afterEach(() => vi.restoreAllMocks());

/** A command that scores clips by a Node expression of `clip`, its line of JSON, and `n`, the number of its file. */
async function scorer(name: string, expression: string): Promise<string> {
  const file = join(folder, `${name}.mjs`);
  await writeFile(
    file,
    `import { readFileSync } from 'node:fs';
for (const line of readFileSync(0, 'utf8').trim().split('\\n')) {
  const clip = JSON.parse(line);
  const n = Number(/clip-(\\d+)/.exec(clip.id)[1]);
  console.log(${expression});
}`,
  );
  return `"${process.execPath}" "${file}"`;
}
const audit = (...more: string[]) =>
  main(['audit', '--input', input, '--folder', join(folder, 'variants'), ...more]);
const few = ['--only', 'flipped', '--only', 'other prompt', '--only', 'retest'];

describe('solireward audit', () => {
  it('audits a command, and ends with 1 where there is a verdict', { timeout: 600_000 }, async () => {
    const line = await scorer('blind', 'n');
    const [html, json] = ['page.html', 'audit.json'].map((name) => join(folder, name));
    const code = await audit(
      '--command',
      line,
      '--dimension',
      'alignment',
      ...few,
      '--html',
      html,
      '--json',
      json,
    );
    expect(code).toBe(1);
    expect(said[0]).toContain('1 verdict (14 clips, 2 changes)');
    expect(said[0]).toContain('ignores the prompt: other prompt');
    expect(said[1]).toBe(`wrote ${html} and ${json}`);
    expect(await readFile(html, 'utf8')).toContain('ignores the prompt');
    expect(JSON.parse(await readFile(json, 'utf8'))).toMatchObject({ given: 14, scores: { length: 14 } });
  });

  it('takes what is expected from the command line, and ends with 0 where there is no verdict', {
    timeout: 600_000,
  }, async () => {
    const line = await scorer('flips', `n + (clip.id.includes('flipped') ? 5 : 0)`);
    expect(await audit('--command', line, '--dimension', 'physics', ...few)).toBe(1);
    expect(said[0]).toContain('sensitive: flipped');
    expect(await audit('--command', line, '--dimension', 'physics', ...few, '--expect', 'flipped=open')).toBe(
      0,
    );
    expect(await audit('--command', line, '--dimension', 'physics', ...few, '--expect', 'flipped=drop')).toBe(
      1,
    );
    expect(said.at(-1)).toContain('wrong way: flipped');
  });

  it('audits a model beside a command', { timeout: 600_000 }, async () => {
    const line = await scorer('other', 'n');
    const model = goldenPath('checkpoints', 'internvl3-tiny');
    const json = join(folder, 'both.json');
    const options = ['--dimension', 'physics', '--only', 'flipped', '--engine', engine, '--json', json];
    await audit('--command', line, '--against', model, ...options);
    const { first, second } = JSON.parse(await readFile(json, 'utf8'));
    expect([first.name, second.name]).toEqual([line, model]);
    expect(second.rows).toHaveLength(1);
    expect(second.scores.every(({ control }: { control: unknown }) => typeof control === 'number')).toBe(
      true,
    );
  });

  it('takes paraphrases from a file, and names clips of one file name apart', {
    timeout: 600_000,
  }, async () => {
    const paraphrases = join(folder, 'paraphrases.json');
    await writeFile(paraphrases, JSON.stringify({ 'prompt 0': ['other words'] }));
    const [first] = JSON.parse(await readFile(input, 'utf8'));
    const twice = join(folder, 'twice.json');
    await writeFile(twice, JSON.stringify([first, first]));
    const line = await scorer('same', 'n');
    const json = join(folder, 'twice-audit.json');
    const code = await main([
      ...[
        'audit',
        '--input',
        twice,
        '--folder',
        join(folder, 'variants'),
        '--command',
        line,
        '--dimension',
        'physics',
      ],
      ...['--only', 'paraphrase', '--paraphrases', paraphrases, '--json', json],
    ]);
    expect(code).toBe(0);
    const { scores, rows } = JSON.parse(await readFile(json, 'utf8'));
    expect(scores.map(({ clip }: { clip: string }) => clip)).toEqual([
      'clip-0.mp4 (item 0)',
      'clip-0.mp4 (item 1)',
    ]);
    expect(rows[0]).toMatchObject({ family: 'paraphrase', clips: 2 });
    await writeFile(paraphrases, '["other words"]');
    expect(await audit('--command', line, '--dimension', 'physics', '--paraphrases', paraphrases)).toBe(1);
    expect(said.at(-1)).toContain('expected { "a prompt": ["other words", …], … }');
    await writeFile(paraphrases, '{');
    expect(await audit('--command', line, '--dimension', 'physics', '--paraphrases', paraphrases)).toBe(1);
    expect(said.at(-1)).toContain('paraphrases.json is not valid JSON');
  });

  it.each([
    ['no input', ['--command', 'x'], 'audit needs --input'],
    ['no scorer', ['--input', 'a.json'], 'audit needs one of --model, --command and --url'],
    ['two scorers', ['--input', 'a.json', '--command', 'x', '--url', 'http://x'], 'audit needs one of'],
    ['an argument', ['x', '--input', 'a.json'], "audit takes no argument 'x'"],
    [
      'seconds that are none',
      ['--input', 'a.json', '--command', 'x', '--seconds', 'soon'],
      "--seconds takes a number, received 'soon'",
    ],
    [
      'a header that is none',
      ['--input', 'a.json', '--url', 'http://x', '--header', 'token'],
      "--header takes 'NAME: VALUE'",
    ],
    [
      'an unknown limit',
      ['--input', 'a.json', '--command', 'x', '--limit', 'x=1'],
      '--limit takes NAME=NUMBER',
    ],
  ])('refuses %s', async (_, args, message) => {
    expect(await main(['audit', ...args])).toBe(2);
    expect(said.join('\n')).toContain(message);
  });

  it('refuses expectations and families that there are none of', async () => {
    const asked = (...more: string[]) => audit('--command', 'x', ...more);
    expect(await asked()).toBe(2);
    expect(said[0]).toContain(
      '--dimension takes one of physics, deformity, alignment, quality, world, and has to be given',
    );
    expect(await asked('--dimension', 'beauty')).toBe(2);
    expect(await asked('--dimension', 'physics', '--expect', 'blur')).toBe(2);
    expect(await asked('--dimension', 'physics', '--expect', 'blurr=drop')).toBe(2);
    expect(await asked('--dimension', 'physics', '--only', 'blurr')).toBe(2);
    expect(said.join('\n')).toContain("there is no family 'blurr'; there are blur, noise");
  });
});
