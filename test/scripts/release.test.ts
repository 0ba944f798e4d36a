import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const clone = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** A repository with the script, and what a package has to have. */
let repository: string;
const git = (...args: string[]) => spawnSync('git', args, { cwd: repository, encoding: 'utf8' }).stdout;
const put = (path: string, text: string) => {
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  writeFileSync(join(repository, path), text);
};
const changelog = (notes: string) => `# Changelog\n\n## Unreleased\n\n${notes}\n## 0.1.0\n\nThe first one.\n`;

beforeAll(() => {
  repository = mkdtempSync(join(tmpdir(), 'release-'));
  for (const path of ['scripts/release.mjs', 'scripts/setup/environment.mjs'])
    cpSync(join(clone, path), join(repository, path));
  for (const path of [
    'dist/src/index.js',
    'dist/src/cli.js',
    'dist/kernel/process/main.js',
    'LICENSE',
    'README.md',
  ])
    put(path, 'text');
  put('package.json', JSON.stringify({ name: 'small', version: '0.1.0', files: ['dist'] }));
  put('.gitignore', 'dist\n.cache\n.jupyter\n');
  put('CHANGELOG.md', changelog('- A new thing.\n'));
  git('init', '--quiet');
  git('config', 'user.name', 'Test');
  git('config', 'user.email', 'test@example.org');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'Begin');
});
afterAll(() => rmSync(repository, { recursive: true }));

function release(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/release.mjs', ...args], {
    cwd: repository,
    encoding: 'utf8',
  });
  return { status, text: stdout + stderr };
}

it('shows with --dry-run what it would do, and does nothing', () => {
  const { status, text } = release('--dry-run');
  expect(text).toMatch(/version +0.1.0 -> 0.2.0\ntag +v0.2.0\npackage +6 files, .* packed/);
  expect(text).toContain('dist: 3 files');
  expect(text).toContain('changelog\n- A new thing.\n');
  expect(text).toContain('nothing was changed');
  expect(status).toBe(0);
  expect([git('tag'), git('status', '--porcelain')]).toEqual(['', '']);
});

it.each([
  [['1'], 'expected a version such as 0.2.0, received 1'],
  [['0.1.0'], '0.1.0 is not later than 0.1.0'],
  [['0.0.9', '--dry-run'], '0.0.9 is not later than 0.1.0'],
  [['0.2.0', '0.3.0'], 'expected one version, received 0.2.0 0.3.0'],
])('refuses %j', (args, reason) => {
  expect(release(...args)).toEqual({ status: 1, text: expect.stringContaining(`release: ${reason}`) });
});

it('refuses what is not committed, and a changelog that says nothing', () => {
  put('README.md', 'changed');
  expect(release('0.2.0').text).toContain('commit or put away what has changed first:\nM README.md');
  git('checkout', '--quiet', 'README.md');
  put('CHANGELOG.md', changelog(''));
  expect(release('--dry-run').text).toContain('says nothing under "## Unreleased"');
  git('checkout', '--quiet', 'CHANGELOG.md');
});

it('sets the version, dates the section, commits and tags', () => {
  expect(release('0.2.0')).toMatchObject({
    status: 0,
    text: expect.stringContaining('git push --follow-tags'),
  });
  expect(JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')).version).toBe('0.2.0');
  expect(readFileSync(join(repository, 'CHANGELOG.md'), 'utf8')).toMatch(
    /^# Changelog\n\n## Unreleased\n\n## 0.2.0 \(\d{4}-\d\d-\d\d\)\n\n- A new thing.\n\n## 0.1.0/,
  );
  expect(git('log', '-1', '--format=%s')).toBe('Release 0.2.0\n');
  expect(git('tag', '--list', '--format=%(refname:short) %(contents)').trim()).toBe('v0.2.0 - A new thing.');
  expect(git('status', '--porcelain')).toBe('');
  expect(release('0.3.0').text).toContain('says nothing under');
});
