import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { main } from '../../src/cli.js';
import { makeClips } from '../support/clips.js';
import { capturePrinted, complained, printed } from '../support/printed.js';

capturePrinted();
const cli = fileURLToPath(new URL('../../dist/src/cli.js', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'init-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

it('makes a project whose notebook runs on votes of its own, to the scores', async () => {
  const place = join(folder, 'My Votes');
  expect(await main(['init', place])).toBe(0);
  expect(printed.join('\n')).toMatch(
    /^made votes.ipynb, clips\/, package.json, .gitignore in .*\n(.*\n)*.*npx solireward kernel install/,
  );
  expect(readdirSync(place).sort()).toEqual(['.gitignore', 'clips', 'package.json', 'votes.ipynb']);
  expect(JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'))).toMatchObject({
    name: 'my-votes',
    dependencies: { solireward: expect.stringMatching(/^file:/) },
  });
  expect(printed.join('\n')).toContain('\n  npm install\n');

  const clips = await makeClips(join(place, 'clips'), 8);
  const votes = clips.map(
    ({ id, path }, i) =>
      `${id},me,physics,${i % 2 === 0 ? 'Pass' : 'Fail'},${path},prompt-${Math.floor(i / 2)}`,
  );
  writeFileSync(
    join(place, 'votes.csv'),
    ['clip,annotator,dimension,pass,path,promptId', ...votes].join('\n'),
  );
  const args = ['run', join(place, 'votes.ipynb'), '-p', 'votes=votes.csv', '-p', 'steps=2'];
  const { stdout } = await promisify(execFile)(process.execPath, [cli, ...args]).catch((error) => error);
  expect(stdout).toMatch(/all 6 cells ran/);
  expect(readdirSync(join(place, 'runs', 'physics-8-votes-2-steps', 'checkpoints'))).toEqual(['step-2']);
});

it('leaves what is there, and takes no project for another', async () => {
  const place = mkdtempSync(join(folder, 'there-'));
  writeFileSync(join(place, 'package.json'), '{}');
  expect(await main(['init', place])).toBe(0);
  expect(readFileSync(join(place, 'package.json'), 'utf8')).toBe('{}');
  const [, clone] = /\n {2}npm install file:(\S+)\n/.exec(printed.join('\n'))!;
  expect(resolve(place, clone)).toBe(resolve(cli, '../../..'));
  expect(await main(['init', place])).toBe(1);
  expect(complained[0]).toContain('votes.ipynb is there already; give another folder');
  expect(await main(['init', place, 'other'])).toBe(2);
  expect(complained).toContainEqual(expect.stringContaining('init takes one folder, received 2'));
});
