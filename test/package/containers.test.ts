import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

// What can be seen without a builder; npm run docker-check builds and starts all of it.

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const text = (path: string) => readFileSync(join(root, path), 'utf8');
const lines = (path: string) =>
  text(path)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
const { scripts, engines } = JSON.parse(text('package.json'));

/** The instructions of the Dockerfile, each with its words; lines that end in a backslash are one. */
const instructions = text('Dockerfile')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll(/\\\n/g, ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => {
    const [name, ...words] = line.trim().split(/\s+/);
    return { name, words, line };
  });
const all = (name: string) => instructions.filter((one) => one.name === name);
const aptPackages = (line: string) =>
  /install -y --no-install-recommends ([^&]+)/.exec(line)![1].trim().split(' ');

/** npm scripts that a text names. */
const scriptsOf = (words: string) =>
  [...words.matchAll(/npm run (?:--silent )?([\w-]+)/g)].map(([, name]) => name);

describe('the Dockerfile', () => {
  it('begins with one version of a Node that the package asks for, of a slim Debian', () => {
    const [, major, minor] = /^FROM node:(\d+)\.(\d+)\.\d+-[a-z]+-slim AS clone$/.exec(all('FROM')[0].line)!;
    const [, least, leastMinor] = /^>=(\d+)\.(\d+)$/.exec(engines.node)!;
    expect(Number(major) * 100 + Number(minor)).toBeGreaterThanOrEqual(
      Number(least) * 100 + Number(leastMinor),
    );
    expect(text('.github/workflows/ci.yml')).toContain(`node-version: ${major}\n`);
    expect(lines('.binder/environment.yml')).toContain(`  - nodejs=${major}.${minor}`);
  });

  it('has a stage for the GPU, and ends with that for the CPU, which is built by default', () => {
    expect(all('FROM').map(({ words }) => words.slice(1).join(' '))).toEqual([
      'AS clone',
      'AS cuda',
      'AS cpu',
    ]);
    expect(
      all('FROM')
        .slice(1)
        .map(({ words }) => words[0]),
    ).toEqual(['clone', 'clone']);
  });

  it('does all but the installation of packages as a user, by number', () => {
    const [first] = all('USER');
    expect(first.words).toEqual(['1000']);
    const before = instructions.slice(0, instructions.indexOf(first)).filter(({ name }) => name === 'RUN');
    expect(before.map(({ line }) => line.startsWith('RUN apt-get update'))).toEqual([true]);
    expect(all('USER')).toHaveLength(1);
    for (const { words } of all('COPY')) expect(words[0]).toBe('--chown=node:node');
  });

  it('copies files that are there, and runs scripts that are there', () => {
    for (const { words } of all('COPY'))
      for (const path of words.slice(1, -1)) expect(existsSync(join(root, path)), path).toBe(true);
    const run = all('RUN').flatMap(({ line }) => scriptsOf(line));
    const start = scriptsOf(JSON.parse(all('CMD')[0].words.join(' ')).join(' '));
    expect([...run, ...start]).toEqual(['setup', 'setup', 'lab']);
    for (const name of [...run, ...start]) expect(Object.keys(scripts)).toContain(name);
  });

  it('leaves out what git ignores, and git itself', () => {
    const ignored = lines('.dockerignore').map((line) => line.replace(/^\*\*\//, ''));
    expect(ignored).toEqual(
      expect.arrayContaining(['.git', ...lines('.gitignore').map((line) => line.replace(/\/$/, ''))]),
    );
  });
});

describe('.binder', () => {
  it('has packages of the Dockerfile, and a program that runs scripts that are there', () => {
    const [installing] = all('RUN');
    expect(aptPackages(installing.line)).toEqual(expect.arrayContaining(lines('.binder/apt.txt')));
    accessSync(join(root, '.binder', 'postBuild'), constants.X_OK);
    const postBuild = text('.binder/postBuild');
    expect(scriptsOf(postBuild)).toEqual(['setup']);
    expect(postBuild).toMatch(/^#!\/usr\/bin\/env bash\n/);
    expect(postBuild).toContain('node dist/src/cli.js kernel install --prefix');
  });
});
