import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeClips } from '../clips.js';
import { goldenPath } from '../golden.js';
import { hasShared, shared } from '../shared.js';

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const hasKernel = existsSync(join(root, '.venv', 'share', 'jupyter', 'kernels', 'solireward', 'kernel.json'));

interface Output {
  output_type: string;
  data?: Record<string, unknown>;
}

describe.skipIf(!hasKernel)('notebooks (skipped where .venv has no kernelspec)', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'solireward-notebook-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs a notebook from its first to its last cell, and gives its outputs and its summary. */
  async function run(name: string, parameters: Record<string, string>) {
    const env = {
      ...process.env,
      ...Object.fromEntries(Object.entries(parameters).map(([key, value]) => [`SOLIREWARD_${key}`, value])),
      SOLIREWARD_RUN_FOLDER: folder,
      IPYTHONDIR: folder,
      JUPYTER_RUNTIME_DIR: folder,
    };
    // Not spawnSync: a worker that is blocked for a minute is taken for dead. A failed notebook rejects, with its output.
    const script = [
      join(root, 'scripts', 'runNotebook.py'),
      join(root, 'notebooks', `${name}.ipynb`),
      folder,
    ];
    await promisify(execFile)(join(root, '.venv', 'bin', 'python'), script, { env, maxBuffer: 2 ** 26 });
    const { cells } = JSON.parse(readFileSync(join(folder, `${name}.ipynb`), 'utf8'));
    const outputs: Output[] = cells.flatMap((cell: { outputs?: Output[] }) => cell.outputs ?? []);
    return { outputs, summary: JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) };
  }
  const count = (outputs: Output[], mime: string) =>
    outputs.filter(({ data }) => data && mime in data).length;

  it('01-training-run goes from votes to players', { timeout: 300_000 }, async () => {
    const { outputs, summary } = await run('01-training-run', {
      CLIPS: '120',
      STEPS: '6',
      DIMENSION: 'alignment',
    });
    expect(outputs.filter(({ output_type }) => output_type === 'error')).toEqual([]);
    expect(count(outputs, 'application/vnd.plotly.v1+json')).toBeGreaterThanOrEqual(4);
    expect(count(outputs, 'application/vnd.solireward.player.v1+json')).toBe(2);
    expect(summary).toMatchObject({ dimension: 'alignment', seed: 1, frames: 8, steps: 6 });
    const { value, low, high } = summary.pairAccuracy;
    expect(low).toBeLessThanOrEqual(value);
    expect(value).toBeLessThanOrEqual(high);
    expect(existsSync(join(folder, 'model-alignment-1-8', 'model.safetensors'))).toBe(true);
  });

  it.skipIf(!hasShared)(
    '02-real-ratings goes the same way on FETV (skipped: needs ../shared/data, of real clips)',
    { timeout: 300_000 },
    async () => {
      const { outputs, summary } = await run('02-real-ratings', { FETV: shared('data', 'fetv'), STEPS: '4' });
      expect(outputs.filter(({ output_type }) => output_type === 'error')).toEqual([]);
      expect(count(outputs, 'application/vnd.plotly.v1+json')).toBeGreaterThanOrEqual(3);
      expect(summary.testClips).toBe(40);
      expect(summary.auc.low).toBeLessThanOrEqual(summary.auc.high);
    },
  );

  describe('of the study', () => {
    const worlds = mkdtempSync(join(tmpdir(), 'solireward-worlds-'));
    afterAll(() => {
      rmSync(worlds, { recursive: true });
    });
    const small = { SEEDS: '1 2', CLIPS: '128', STEPS: '2', WORLDS: worlds };

    /** Claims are decided by their intervals and have a figure each. */
    async function decided(name: string, parameters: Record<string, string>) {
      const { outputs, summary } = await run(name, { ...small, ...parameters });
      expect(outputs.filter(({ output_type }) => output_type === 'error')).toEqual([]);
      expect(summary.seeds).toEqual([1, 2]);
      for (const { value, low, high, verdict, figure } of summary.claims) {
        expect(low).toBeLessThanOrEqual(value);
        expect(value).toBeLessThanOrEqual(high);
        expect(verdict).toBe(low > 0 ? 'holds' : high < 0 ? 'does not hold' : 'not decidable');
        expect(readFileSync(join(folder, figure), 'utf8')).toContain('<svg');
      }
      return { outputs, summary };
    }

    it('03-annotation-noise compares ways of asking', { timeout: 300_000 }, async () => {
      const { summary } = await decided('03-annotation-noise', {
        ...(hasShared && { FETV: shared('data', 'fetv') }),
      });
      expect(summary.claims).toHaveLength(hasShared ? 9 : 6);
      if (hasShared) expect(summary.fetv).toHaveLength(9);
      for (const { value } of Object.values<{ value: number }>(summary.accuracy)) {
        expect(value).toBeGreaterThan(0);
        expect(value).toBeLessThan(1);
      }
    });

    it('04-heads compares the heads and shows where HPQA looks', { timeout: 300_000 }, async () => {
      const { outputs, summary } = await decided('04-heads', {});
      expect(summary.claims).toHaveLength(16);
      expect(Object.keys(summary.distinct)).toHaveLength(9);
      expect(summary.collapses).toHaveLength(16);
      const player = outputs.find(({ data }) => data?.['application/vnd.solireward.player.v1+json']);
      const { clips } = player!.data!['application/vnd.solireward.player.v1+json'] as {
        clips: { attention: { frames: number[]; maps: number[][][]; readings: object[] } }[];
      };
      for (const { attention } of clips) {
        expect(attention.frames).toHaveLength(8);
        expect(attention.maps.map((map) => map.flat().length)).toEqual(new Array(8).fill(4));
        expect(attention.readings).toHaveLength(5);
      }
    });

    it('05-win-tie compares losses', { timeout: 300_000 }, async () => {
      const { outputs, summary } = await decided('05-win-tie', {});
      expect(summary.claims).toHaveLength(7);
      expect(summary.differences).toHaveLength(12);
      expect(Object.keys(summary.spread)).toEqual(['BT', 'BT-WT', 'BT-LT', 'BT+BCE']);
      expect(count(outputs, 'application/vnd.plotly.v1+json')).toBeGreaterThanOrEqual(6);
    });

    it('06-reward-hacking sets proxies beside the truth', { timeout: 300_000 }, async () => {
      const { outputs, summary } = await decided('06-reward-hacking', { GRPO_STEPS: '2' });
      expect(summary.claims).toHaveLength(12);
      for (const { value } of Object.values<{ value: number }>(summary.endQuality)) {
        expect(value).toBeGreaterThan(0);
        expect(value).toBeLessThan(1);
      }
      expect(summary.ends.BT.map(({ step }: { step: number }) => step)).toEqual([2, 2]);
      expect(count(outputs, 'application/vnd.solireward.player.v1+json')).toBe(1);
    });
  });

  it('07-full-run goes from votes on 8 clips to a model', { timeout: 300_000 }, async () => {
    const clips = await makeClips(folder, 8);
    // Four prompts, each with a clip that passes and one that fails.
    const votes = clips.flatMap(({ id, path, prompt }, i) =>
      ['Ann', 'Ben'].map((annotator) => ({
        clip: id,
        path,
        promptId: `prompt-${i >> 1}`,
        prompt,
        annotator,
        dimension: 'physics',
        pass: i % 2 === 0,
      })),
    );
    const file = join(folder, 'votes.json');
    writeFileSync(file, JSON.stringify(votes));
    const { outputs, summary } = await run('07-full-run', {
      VOTES: file,
      MODEL: goldenPath('checkpoints', 'internvl3-tiny'),
      ACCUMULATE: '2',
      EPOCHS: '1',
      TEST: '0.25',
    });
    expect(outputs.filter(({ output_type }) => output_type === 'error')).toEqual([]);
    expect(summary.clips).toEqual({ train: 6, test: 2 });
    expect(summary.steps).toBe(summary.estimate.steps);
    expect(summary.estimate.memoryBytes).toBeGreaterThan(0);
    expect(existsSync(join(folder, 'model-physics', 'training_config.json'))).toBe(true);
  });
});
