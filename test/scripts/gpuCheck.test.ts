import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stateOf } from '../support/tools.js';

const script = (path: string) => import(new URL(`../../scripts/${path}`, import.meta.url).href);
const { runChild } = await script('gpuCheck/child.mjs');
const { page } = await script('gpuCheck/page.mjs');
const { plan } = await script('gpuCheck/plan.mjs');
const { summarize } = await script('gpuCheck/summary.mjs');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gpu-check-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const node = (code: string, limit = 60) => runChild(process.execPath, ['-e', code], { limit });

describe('runChild', () => {
  it('gives the lines that are objects', async () => {
    const { status, lines } = await node('console.log(`{"a":1}\\nhello\\n{"b":\\n{"c":[2]}`)');
    expect(status).toBe('measured');
    expect(lines).toEqual([{ a: 1 }, { c: [2] }]);
  });

  it('ends a part and its children when its time is up, and keeps what it had said', async () => {
    const code = `
      const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
      console.log(JSON.stringify({ child: child.pid }));
      setInterval(() => {}, 1000);`;
    const { status, reason, lines } = await node(code, 2);
    expect(status).toBe('out of time');
    expect(reason).toBe('ended after 2 s');
    // A process that was killed is there until its parent, by now another one, has asked for it.
    await expect.poll(() => stateOf(lines[0].child), { timeout: 60_000 }).toMatch(/^(gone|Z)/);
  });

  it.each([
    ['throw new RangeError("too many pairs")', 'RangeError: too many pairs'],
    ['console.error("no such thing"); process.exit(3)', 'no such thing'],
    ['process.exit(3)', 'ended by exit code 3'],
    ['process.kill(process.pid, "SIGKILL")', 'ended by SIGKILL'],
  ])('reports why %s failed', async (code, reason) => {
    expect(await node(code)).toMatchObject({ status: 'failed', reason });
  });

  it('says that a program is not there, and why there is nothing to measure', async () => {
    expect(await runChild(join(folder, 'none'), [], { limit: 60 })).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('ENOENT'),
    });
    expect(await node('console.log(JSON.stringify({ skipped: "no driver" }))')).toMatchObject({
      status: 'skipped',
      reason: 'no driver',
    });
  });
});

const about = { title: '1 pair', date: '2026-11-26', status: 'measured' as const, seconds: 9 };

describe('summarize', () => {
  const settings = { pairs: 2, frames: 8, precision: 'bfloat16', compiler: 'xla', checkpointing: false };
  const step = {
    ...about,
    programs: 15,
    lines: [
      { engine: 'cuda', settings },
      { parameters: 9, predictedGiB: 33.2 },
      { step: 0, ms: 90_000, peakGiB: 30 },
      { step: 1, ms: 420, peakGiB: 34.5 },
      { step: 2, ms: 400, peakGiB: 34.4 },
      { step: 3, ms: 380, peakGiB: 34.4 },
      { forward: 0, ms: 30_000, peakGiB: 5 },
      { forward: 1, ms: 100, peakGiB: 4.5 },
    ],
  };

  it('takes the median after the first step, and pairs and clips a second', () => {
    expect(summarize({ step }).shape).toEqual([
      {
        who: 'solireward',
        ...settings,
        compiled: 15,
        predictedGiB: 33.2,
        stepMs: 400,
        firstStepMs: 90_000,
        pairsPerSecond: 5,
        stepPeakGiB: 34.5,
        forwardMs: 100,
        firstForwardMs: 30_000,
        clipsPerSecond: 40,
        forwardPeakGiB: 5,
      },
    ]);
  });

  it("gives each of PyTorch's precisions a row, and names what is open", () => {
    const peer = {
      ...about,
      status: 'out of time' as const,
      reason: 'ended after 75 s',
      lines: [
        { torch: '2.11', settings: { pairs: 1, frames: 8, names: ['autocast', 'float32'] } },
        { name: 'autocast', step: 0, ms: 900 },
        { name: 'autocast', step: 1, ms: 200 },
      ],
    };
    const { shape, open } = summarize({ peer });
    expect(shape).toHaveLength(1);
    expect(shape[0]).toMatchObject({ who: 'PyTorch', precision: 'autocast', stepMs: 200, pairsPerSecond: 5 });
    expect(open).toEqual([
      { name: 'peer', title: '1 pair', status: 'out of time', reason: 'ended after 75 s' },
    ]);
  });

  it('tells what the features of a frozen model took from the steps of its head', () => {
    const large = {
      ...about,
      lines: [
        { engine: 'cuda', settings: { ...settings, preset: 'internvl3_8b', trainable: 'head' } },
        { parameters: 7_900_000_000 },
        { features: 0, ms: 30_000, peakGiB: 60 },
        { features: 1, ms: 150, peakGiB: 50 },
        { step: 0, ms: 2000, peakGiB: 33 },
        { step: 1, ms: 20, peakGiB: 33 },
        { stepOnCard: 0, ms: 9, peakGiB: 34 },
        { stepOnCard: 1, ms: 5, peakGiB: 34 },
        { forward: 0, ms: 30_000, peakGiB: 62 },
        { forward: 1, ms: 500, peakGiB: 55 },
      ],
    };
    const summary = summarize({ large });
    expect(summary.shape).toEqual([]);
    expect(summary.large).toMatchObject({
      ...{ preset: 'internvl3_8b', featuresMs: 150, featuresPeakGiB: 60 },
      ...{ stepMs: 20, onCardMs: 5, forwardMs: 500, clipsPerSecond: 8, forwardPeakGiB: 62 },
    });
    const text = page({ card: 'X', date: '2026-11-26T00:00:00Z', versions: {}, summary });
    expect(text).toContain('`internvl3_8b`, 7.9 billion made-up weights, bfloat16: 500 ms for 4 clips');
    expect(text).toContain(
      'in 150 ms (60 GiB); a step of 2 pairs on it takes 5 ms where it stays on the card, and 20 ms',
    );
  });

  it('says how WebGPU trains beside the other engine', () => {
    const lines = [
      { library: 'Y', gflops: 22_000, matmulError: 1e-7, gradientError: 1e-7, ok: true },
      { forward: 'the tiny model', reward: -0.004283, ms: 1384 },
      {
        ...{ trained: 6, pairs: 16, stepMs: 120.4, besides: 'cuda', besidesMs: 34.4 },
        ...{ lossError: 2e-6, weightError: 3e-5 },
      },
    ];
    const pageOf = (lines: object[]) =>
      page({
        ...{ card: 'X', date: '2026-11-26T00:00:00Z', versions: {} },
        summary: summarize({ webgpu: { ...about, lines } }),
      });
    expect(pageOf(lines)).toContain(
      "product and gradient right; the tiny model's forward pass gives -0.004283 in 1384 ms. Decoder and head of the " +
        "tutorial's model, 6 steps of 16 pairs: 120 ms a step, on cuda recorded, in float32 34; the largest difference of the " +
        'losses is 2.0e-6, of the weights 3.0e-5.',
    );
    expect(pageOf(lines.slice(0, 2))).toContain('in 1384 ms.\n');
    expect(pageOf(lines.slice(0, 1))).toContain('forward pass failed.');
  });

  it('makes a page of nothing, too', () => {
    const report = { card: 'X', date: '2026-11-26T00:00:00Z', versions: {}, summary: summarize({}) };
    expect(page(report)).toContain('Notebook 07: not measured.');
    const text = page({ ...report, summary: summarize({ step }) });
    expect(text).toContain('| solireward | 2 | bfloat16 | xla | 400 ms | 5 | 34.5 GiB | 33.2 GiB | 90 s |');
  });
});

it('the plan measures the most important first, each part under a limit of its own', () => {
  const parts = plan({
    engine: 'cuda',
    precisions: ['float32', 'tf32', 'bfloat16'],
    quick: false,
    golden: 'golden',
  });
  const names = parts.map(({ name }: { name: string }) => name);
  expect(names.slice(0, 4)).toEqual(['step', 'peer', 'recipe', 'step-2']);
  expect(new Set(names).size).toBe(names.length);
  for (const { limit, needs, settings } of parts) {
    expect(limit).toBeLessThanOrEqual(270);
    expect(needs).toBeLessThan(limit);
    if ('small' in settings) throw new Error('the full check measures the full shape');
  }
});

const root = join(import.meta.dirname, '..', '..');
const built = existsSync(join(root, 'dist', 'src', 'verify', 'precisions.js'));

describe.skipIf(!built)('npm run gpu-check (skipped before a build)', () => {
  it('makes a world without ffmpeg, too: no clip of it is encoded or decoded', async () => {
    const dist = (path: string) => import(new URL(`../../dist/src/${path}`, import.meta.url).href);
    const { worldFor } = await script('gpuCheck/world.mjs');
    const model = await (await dist('model/tiny.js')).tiny({ dimension: 'physics', seed: 1 });
    const { clips } = await worldFor({ clips: 3, seed: 1, folder }, model, false);
    const heads = await Promise.all(
      clips.map(({ path }: { path: string }) =>
        readFile(path).then((bytes) => bytes.toString('latin1', 4, 8)),
      ),
    );
    expect(heads).toEqual(['mdat', 'mdat', 'mdat']);
    const { inputs, failures } = await model.processor.processMany(clips, model.prompts);
    expect([inputs.filter(Boolean).length, failures]).toEqual([3, []]);
    model.dispose();
  });

  const check = (...more: string[]) =>
    promisify(execFile)(
      process.execPath,
      [
        join(root, 'scripts', 'gpuCheck.mjs'),
        ...['--quick', '--output', folder, '--python', join(folder, 'none')],
        ...more,
      ],
      // Without a GPU, whatever the machine has: the small shapes are for CPUs.
      { env: { ...process.env, CUDA_VISIBLE_DEVICES: '-1', PATH: join(folder, 'nothing') } },
    );

  it('--quick measures every part and writes the report, and --continue what is open', {
    timeout: 600_000,
  }, async () => {
    await check();
    const { card, summary, parts } = JSON.parse(readFileSync(join(folder, 'cpu.json'), 'utf8'));
    expect(card).toBe('CPU');
    const open = summary.open.map(({ name }: { name: string }) => name);
    expect(open.filter((name: string) => !/^(peer|webgpu)/.test(name))).toEqual([]);
    expect(summary.verify.at(-1)).toMatchObject({ precision: 'float32', failed: [] });
    const [first] = summary.shape;
    expect(first).toMatchObject({ who: 'solireward', pairs: 1, frames: 2 });
    expect(first.stepMs).toBeGreaterThan(0);
    expect(first.firstForwardMs).toBeGreaterThan(0);
    expect(summary.large).toMatchObject({ preset: 'internvl3_8b', featuresMs: expect.any(Number) });
    expect(summary.recipe).toMatchObject({ updates: 3, pairsPerUpdate: 1 });
    expect(summary.tutorial.pairAccuracy).toBeGreaterThan(0);
    expect(readFileSync(join(folder, 'cpu.md'), 'utf8')).toContain('| solireward | 1 |');

    // Only what is missing is measured again.
    const kept = { ...parts, products: { ...parts.products, status: 'failed', lines: [] } };
    writeFileSync(join(folder, 'cpu.json'), JSON.stringify({ parts: kept }));
    const { stdout } = await check('--continue');
    expect(stdout).toContain('Products: measured');
    expect(stdout).not.toContain('1 pair: measured');
    const again = JSON.parse(readFileSync(join(folder, 'cpu.json'), 'utf8'));
    expect(again.parts.step.date).toBe(parts.step.date);
    expect(again.summary.products.length).toBeGreaterThan(0);
  });

  it('leaves out what there is no time for', { timeout: 300_000 }, async () => {
    await check('--minutes', '0');
    const { summary } = JSON.parse(readFileSync(join(folder, 'cpu.json'), 'utf8'));
    const [{ name, status, reason }] = summary.open;
    expect({ name, status }).toEqual({ name: 'step', status: 'out of time' });
    expect(reason).toContain('--continue');
    expect(summary.shape).toEqual([]);
  });
});
