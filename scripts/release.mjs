import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { inClone, root } from './setup/environment.mjs';

// npm run release -- VERSION [--dry-run]: sets the version, dates the changelog's section, commits and tags. What is then to be
// pushed and published, by whom may, is printed. With --dry-run nothing is changed.

/** Of the section of what comes next. */
const heading = '## Unreleased';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'dry-run': { type: 'boolean' } },
});
const dryRun = values['dry-run'] ?? false;

/** @param {string[]} versions */
function release(versions) {
  const current = JSON.parse(readFileSync(inClone('package.json'), 'utf8')).version;
  const [version = next(current)] = versions;
  if (versions.length > 1) throw new Error(`expected one version, received ${versions.join(' ')}`);
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    throw new Error(`expected a version such as ${next(current)}, received ${version}`);
  if (!isLater(version, current))
    throw new Error(`${version} is not later than ${current}, which package.json has`);
  const tag = `v${version}`;
  if (run('git', ['tag', '--list', tag]).trim() !== '') throw new Error(`the tag ${tag} is there already`);
  const changed = run('git', ['status', '--porcelain']).trim();
  if (changed !== '' && !dryRun) throw new Error(`commit or put away what has changed first:\n${changed}`);

  const changelog = readFileSync(inClone('CHANGELOG.md'), 'utf8');
  const notes = unreleased(changelog);
  const [packed] = JSON.parse(
    run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { shell: process.platform === 'win32' }),
  );
  /** @type {{ path: string, size: number }[]} */
  const files = packed.files;
  for (const needed of [
    'dist/src/index.js',
    'dist/src/cli.js',
    'dist/kernel/process/main.js',
    'LICENSE',
    'README.md',
  ])
    if (!files.some(({ path }) => path === needed))
      throw new Error(`the package lacks ${needed}: npm run build`);

  console.log(`version    ${current} -> ${version}`);
  console.log(`tag        ${tag}`);
  console.log(
    `package    ${files.length} files, ${megabytes(packed.size)} packed, ${megabytes(packed.unpackedSize)} unpacked`,
  );
  for (const [folder, { count, size }] of byFolder(files))
    console.log(`           ${folder}: ${count} files, ${megabytes(size)}`);
  console.log(`changelog\n${notes}`);
  if (changed !== '') console.log(`not committed yet:\n${changed}`);
  if (dryRun) return console.log('nothing was changed: --dry-run');

  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(inClone('CHANGELOG.md'), changelog.replace(heading, `${heading}\n\n## ${version} (${date})`));
  run('npm', ['version', version, '--no-git-tag-version', '--ignore-scripts'], {
    shell: process.platform === 'win32',
  });
  run('git', ['commit', '--quiet', '--all', '--message', `Release ${version}`]);
  run('git', ['tag', '--annotate', tag, '--message', notes]);
  console.log(`committed and tagged ${tag}; then: git push --follow-tags, npm publish`);
}

/** @param {string} program @param {string[]} args @param {{ shell?: boolean }} [options] */
function run(program, args, options) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1e8,
    ...options,
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr}`);
  return stdout;
}

/** What the changelog says under *Unreleased*. @param {string} changelog */
function unreleased(changelog) {
  const [, after] = changelog.split(`${heading}\n`);
  if (after === undefined) throw new Error(`CHANGELOG.md has no section "${heading}"`);
  const notes = after.split(/^## /m)[0].trim();
  if (notes === '')
    throw new Error(`CHANGELOG.md says nothing under "${heading}"; there is nothing to release`);
  return notes;
}

/** @param {string} version */
function next(version) {
  const [major, minor] = version.split('.').map(Number);
  return `${major}.${minor + 1}.0`;
}

/** @param {string} version @param {string} other */
function isLater(version, other) {
  const [a, b] = [version, other].map((text) => text.split('-')[0].split('.').map(Number));
  const place = a.findIndex((number, i) => number !== b[i]);
  return place < 0 ? !version.includes('-') && other.includes('-') : a[place] > b[place];
}

/** @param {{ path: string, size: number }[]} files */
function byFolder(files) {
  /** @type {Map<string, { count: number, size: number }>} */
  const folders = new Map();
  for (const { path, size } of files) {
    const folder = path.includes('/') ? path.slice(0, path.indexOf('/')) : '.';
    const { count, size: sum } = folders.get(folder) ?? { count: 0, size: 0 };
    folders.set(folder, { count: count + 1, size: sum + size });
  }
  return folders;
}

/** @param {number} bytes */
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

try {
  release(positionals);
} catch (error) {
  console.error(`release: ${/** @type {Error} */ (error).message}`);
  process.exitCode = 1;
}
