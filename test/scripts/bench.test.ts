import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const module = (path: string) => import(new URL(`../../${path}`, import.meta.url).href);
const { difference, inTurn, Side } = await module('bench/turns.mjs');
const { rowOf } = await module('bench/row.mjs');
const { page } = await module('bench/page.mjs');
const { parts } = await module('bench/parts.mjs');
const { shortfalls } = await module('bench/shortfalls.mjs');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-test-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const answer = (...values: number[]) => ({ milliseconds: 1, values });

describe('difference', () => {
  it('is the largest one, relative to the largest value of the peer', () => {
    expect(difference([answer(1, 2), answer(3, 4)], [answer(1, 2), answer(3, 5)])).toBeCloseTo(0.2, 12);
    expect(difference([answer(0)], [answer(0)])).toBe(0);
  });

  it.each([
    ['another number of values', [answer(1)], [answer(1, 2)]],
    ['no number', [answer(Number.NaN)], [answer(1)]],
  ])('is infinite for %s', (_, ours, peer) => {
    expect(difference(ours, peer)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('inTurn', () => {
  const side = (code: string) => new Side([process.execPath, '-e', code], folder);
  /** Says which number of call an action is. */
  const echo = `
    console.log('{"ready": true}'); console.log('chatter');
    let calls = 0;
    require('node:readline').createInterface({ input: process.stdin }).on('line', (action) =>
      console.log(JSON.stringify({ milliseconds: 1, values: [++calls, action.length] })));`;

  it('asks both sides for each action in each round, the peer not for what is ours alone', async () => {
    const [ours, peer] = [side(echo), side(echo)];
    for (const one of [ours, peer]) expect(await one.line()).toEqual({ ready: true });
    const answers = await inTurn(ours, peer, ['a', 'bc'], new Set(['bc']), 1);
    expect(answers.a.ours.map(({ values }: { values: number[] }) => values)).toEqual([
      [1, 1],
      [3, 1],
    ]);
    expect(answers.a.peer).toHaveLength(2);
    expect(answers.bc.peer).toEqual([]);
    await Promise.all([ours.end(), peer.end()]);
  });

  it('tells what a side printed that ended', async () => {
    const ours = side('console.error("no such weights"); process.exit(1)');
    await expect(ours.line()).rejects.toThrow(/ended before it answered:\nno such weights/);
    await ours.end();
  });
});

it('rows tell ratios round by round, floors and whether both sides gave the same', () => {
  const about = { part: 'x', name: 'x', unit: 'ms', peerName: 'PyTorch' };
  expect(
    rowOf({ ...about, ours: [10, 20, 10], peer: [10, 22, 9], floor: 1.1, differ: 2e-3, tolerance: 1e-3 }),
  ).toEqual({
    ...about,
    ours: 10,
    peer: 10,
    ratio: 1,
    spread: [0.9, 1.1],
    floor: 1.1,
    met: false,
    differ: 2e-3,
    tolerance: 1e-3,
    same: false,
  });
  expect(rowOf({ ...about, ours: [10], peer: [] })).toEqual({ ...about, ours: 10 });
});

it('the page has a row for each, with what is unknown as a dash', () => {
  const rows = [
    {
      part: 'products',
      name: 'a product',
      unit: 'ms',
      ours: 10,
      peer: 20,
      ratio: 2,
      spread: [1, 3],
      peerName: 'PyTorch',
    },
    { part: 'x', name: 'alone', unit: 'ms', ours: 5, peerName: 'no peer makes one' },
  ];
  for (const [name, ratio] of [
    ['a million scores analysed', 0.9],
    ['another', 2.5],
  ] as const)
    rows.push({
      part: 'x',
      name,
      unit: 'ms',
      ours: 1,
      peer: ratio,
      ratio,
      floor: 3,
      met: false,
      peerName: 'pandas',
    } as never);
  const machine = { cpu: 'a CPU', cores: 2, memoryGiB: 24, node: 'v20', load: 0.1 };
  const text = page({ date: '2026-11-26T00:00:00Z', quick: false, machine, rows });
  expect(text).toContain('a CPU, 2 cores, load before 0.1, 24 GiB, Node v20');
  expect(text).toContain('runs at 215 GFLOP/s here and at 107 in PyTorch');
  expect(text).toContain('| a product | 10 ms | 20 ms | **2** | 1 to 3 | - | - | PyTorch |');
  expect(text).toContain('| alone | 5 ms | - | - | - | - | - | no peer makes one |');
  const known: string = shortfalls['a million scores analysed'];
  expect(known.length).toBeGreaterThan(100);
  expect(text).toContain(`Short of their floor:\n\n- a million scores analysed: 0.9 of 3. ${known}\n`);
  expect(text).toContain('- another: 2.5 of 3. Why is not known yet.');
});

const built = existsSync(join(root, 'dist', 'src', 'index.js'));

describe.skipIf(!built)('npm run bench (skipped before a build)', () => {
  it('--quick gives the same numbers on both sides; a peer that is not there is skipped with a line', {
    timeout: 600_000,
  }, async () => {
    const args = [join(root, 'scripts', 'bench.mjs'), '--quick', '--output', folder];
    const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 26 });
    const { rows } = JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8'));
    const measured = new Set(rows.map(({ part }: { part: string }) => part));
    for (const { name, onDemand, actions } of parts(true)) {
      if (onDemand) continue;
      expect(measured).toContain(name);
      const own = rows.filter(({ part }: { part: string }) => part === name);
      expect(own.length).toBeGreaterThanOrEqual(actions.length);
      const skipped = stdout.includes(`${name}: skipped beside its peer`);
      for (const { tolerance, same } of own)
        if (tolerance !== undefined) expect([name, same]).toEqual([name, true]);
      if (!skipped) expect(own.some(({ ratio }: { ratio?: number }) => ratio !== undefined)).toBe(true);
    }
    expect(measured).toContain('kernel');
    expect(readFileSync(join(folder, 'performance.md'), 'utf8')).toContain('| what | ours | peer |');
  });

  it('refuses a part that it does not know', async () => {
    const failing = promisify(execFile)(process.execPath, [
      join(root, 'scripts', 'bench.mjs'),
      'speed',
      '--quick',
    ]);
    await expect(failing).rejects.toThrow(/no part "speed", there are products, tutorial/);
  });
});
