import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Client, printed, result } from '../support/kernelClient.js';

let client: Client;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'solireward-shell-'));
  client = await Client.start(folder);
  await client.execute("import * as sr from 'solireward'; const { sh, npm } = sr.notebook;");
});
afterAll(async () => {
  await client.stop();
  rmSync(folder, { recursive: true });
});

describe('sh in a cell', () => {
  it('shows output while it runs', async () => {
    const running = await client.send('execute_request', {
      code: 'await sh("echo first; sleep 1; echo second")',
    });
    const text = () =>
      client
        .published(running)
        .map(({ content }) => content.text ?? '')
        .join('');
    await client.until(() => text().includes('first'));
    expect(text()).not.toContain('second');
    const outcome = await client.outcome(running);
    expect(printed(outcome)).toBe('first\nsecond\n');
    // Its output stands there already.
    expect(result(outcome)).toBeUndefined();
  });

  it('gives what was written to a later cell', async () => {
    const outcome = await client.execute('const said = await sh("echo hello");');
    expect(printed(outcome)).toBe('hello\n');
    expect(result(await client.execute('said'))['text/plain']).toBe("{ output: 'hello\\n', exitCode: 0 }");
  });

  it('ends when the cell is interrupted, with what it has started', async () => {
    const running = await client.send('execute_request', {
      code: 'await sh("echo started; sleep 62.5 & sleep 62.5")',
    });
    await client.until(() => client.published(running).some(({ content }) => content.text === 'started\n'));
    await client.request('interrupt_request', {}, { channel: 'control' });
    expect((await client.outcome(running)).reply.content.ename).toBe('Interrupted');
    const gone = () => expect(() => execFileSync('pgrep', ['-f', '^sleep 62.5'])).toThrow();
    await vi.waitFor(gone, { timeout: 50_000 });
  });
});

describe('npm in a cell', () => {
  it('installs into the folder, and the next cell imports the package with its types', async () => {
    const source = mkdtempSync(join(tmpdir(), 'solireward-package-'));
    mkdirSync(join(source, 'fresh'));
    const write = (name: string, text: string) => writeFileSync(join(source, 'fresh', name), text);
    write(
      'package.json',
      '{ "name": "fresh", "version": "1.2.3", "type": "module", "exports": { "types": "./i.d.ts", "default": "./i.js" } }',
    );
    write('i.js', 'export const answer = 42;');
    write('i.d.ts', 'export declare const answer: number;');
    execFileSync('npm', ['pack', './fresh'], { cwd: source, stdio: 'ignore' });
    expect((await client.execute('import { answer } from "fresh"')).reply.content.status).toBe('error');
    const installed = await client.execute(`await npm(${JSON.stringify(join(source, 'fresh-1.2.3.tgz'))})`);
    expect(installed.reply.content.status).toBe('ok');
    expect(
      result(await client.execute('import { answer } from "fresh"; answer.toFixed(1)'))['text/plain'],
    ).toBe("'42.0'");
    expect((await client.execute('answer.length')).reply.content.ename).toBe('CompileError');
    expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).dependencies).toHaveProperty(
      'fresh',
    );
    rmSync(source, { recursive: true });
  });

  it('tells what npm says when it fails', async () => {
    const outcome = await client.execute('await npm("./no-such-folder-here")');
    expect(outcome.reply.content.evalue).toMatch(
      /^npm: "npm install .\/no-such-folder-here" ended with exit code \d+$/,
    );
    expect(printed(outcome, 'stderr')).toContain('no-such-folder-here');
  });
});
