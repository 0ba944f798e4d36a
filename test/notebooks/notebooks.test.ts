import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
    '02-real-ratings goes the same way on FETV (skipped where ../shared is absent)',
    { timeout: 300_000 },
    async () => {
      const { outputs, summary } = await run('02-real-ratings', { FETV: shared('data', 'fetv'), STEPS: '4' });
      expect(outputs.filter(({ output_type }) => output_type === 'error')).toEqual([]);
      expect(count(outputs, 'application/vnd.plotly.v1+json')).toBeGreaterThanOrEqual(3);
      expect(summary.testClips).toBe(40);
      expect(summary.auc.low).toBeLessThanOrEqual(summary.auc.high);
    },
  );

  it.skipIf(!hasShared)(
    '07-full-run goes from votes on 8 clips to a model (skipped where ../shared is absent)',
    { timeout: 300_000 },
    async () => {
      const clips = readdirSync(shared('data', 'fetv', 'clips'))
        .sort()
        .slice(0, 8);
      // Four prompts, each with a clip that passes and one that fails.
      const votes = clips.flatMap((name, i) =>
        ['Ann', 'Ben'].map((annotator) => ({
          clip: name,
          path: shared('data', 'fetv', 'clips', name),
          promptId: `prompt-${i >> 1}`,
          prompt: 'a dog runs',
          annotator,
          dimension: 'physics',
          pass: i % 2 === 0,
        })),
      );
      const file = join(folder, 'votes.json');
      writeFileSync(file, JSON.stringify(votes));
      const { outputs, summary } = await run('07-full-run', {
        VOTES: file,
        MODEL: shared('golden', 'checkpoints', 'internvl3-tiny'),
        ACCUMULATE: '2',
        EPOCHS: '1',
        TEST: '0.25',
      });
      expect(outputs.filter(({ output_type }) => output_type === 'error')).toEqual([]);
      expect(summary.clips).toEqual({ train: 6, test: 2 });
      expect(summary.steps).toBe(summary.estimate.steps);
      expect(summary.estimate.memoryBytes).toBeGreaterThan(0);
      expect(existsSync(join(folder, 'model-physics', 'training_config.json'))).toBe(true);
    },
  );
});
