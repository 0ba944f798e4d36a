import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const url = (path: string) => new URL(`../../scripts/fuzz/${path}`, import.meta.url).href;
const { faultOf } = await import(url('outcome.mjs'));
const { mutate } = await import(url('mutate.mjs'));
const { random } = await import(url('random.mjs'));
const script = fileURLToPath(new URL('../../scripts/fuzz.mjs', import.meta.url));

describe('fuzz', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fuzz-test-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('tries every reader, each of which gives a value or an error that names its operation', async () => {
    const args = ['--inputs', '150', '--minutes', '10', '--seed', '5', '--output', folder];
    const { stdout } = await promisify(execFile)(process.execPath, [script, ...args]);
    expect(stdout).toMatch(
      /^fuzz: seed 5, 150 inputs of 25 readers: \d+ values, \d+ errors that name their operation, 0 findings; /,
    );
    expect(await readdir(folder)).toEqual([]);
  });

  it('makes the same input again from the same seed', () => {
    const bytes = Buffer.from('{"a": [1, "b"], "c": 2.5}\n');
    const made = (seed: number) => mutate(bytes, [bytes], random(seed, 3)).toString('latin1');
    expect(made(1)).toBe(made(1));
    const different = new Set(Array.from({ length: 50 }, (_, seed) => made(seed)));
    expect(different.size).toBeGreaterThan(25);
  });

  it.each<[unknown, string]>([
    ['a text', 'throws a text, which is not an Error'],
    [new TypeError("Cannot read properties of undefined (reading 'a')"), 'a bare TypeError: Cannot read'],
    [new RangeError('Invalid array length'), 'a bare RangeError'],
    [new Error('nothing'), 'names no operation'],
    [new Error('read: Maximum call stack size exceeded'), 'runs out of stack'],
    [new Error(`read: ${'x'.repeat(5000)}`), 'a message of 5006 characters'],
  ])('finds fault with %s', (error, fault) => {
    expect(faultOf(error, /^read: /)).toContain(fault);
  });

  it('finds no fault with an error that says who and what', () => {
    expect(faultOf(new RangeError('read: the offset is out of bounds'), /^read: /)).toBeUndefined();
  });
});
