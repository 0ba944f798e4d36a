import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeClips } from '../support/clips.js';
import { goldenPath } from '../support/goldenFolder.js';
import { hasShared, shared } from '../support/shared.js';

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

  it('01-training-run goes from votes to players', { timeout: 1_800_000 }, async () => {
    const { outputs, summary } = await run('01-training-run', {
      CLIPS: '120',
      STEPS: '6',
      DIMENSION: 'alignment',
    });
    expect(outputs.filter(({ output_type }) => output_type === 'error')).toEqual([]);
    expect(count(outputs, 'application/vnd.plotly.v1+json')).toBeGreaterThanOrEqual(4);
    expect(count(outputs, 'application/vnd.solireward.player.v1+json')).toBe(1);
    expect(count(outputs, 'application/vnd.solireward.gallery.v1+json')).toBeLessThanOrEqual(1);
    // The run's curves are drawn once: the run as the value of its cell is a line.
    const ofRun = outputs.filter(({ data }) => String(data?.['text/plain']).includes(' 6 of 6 steps'));
    expect(ofRun.map(({ data }) => 'application/vnd.plotly.v1+json' in data!)).toEqual([true, false]);
    expect(summary).toMatchObject({ dimension: 'alignment', seed: 1, frames: 8, steps: 6 });
    const { value, low, high } = summary.pairAccuracy;
    expect(low).toBeLessThanOrEqual(value);
    expect(value).toBeLessThanOrEqual(high);
    expect(existsSync(join(folder, 'model-alignment-1-8', 'model.safetensors'))).toBe(true);
  });

  it.skipIf(!hasShared)(
    '02-real-ratings goes the same way on FETV (skipped: needs ../shared/data, of real clips)',
    { timeout: 1_800_000 },
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
    const small = { SEEDS: '1 2', CLIPS: '64', STEPS: '2', PAIRS: '4', WORLDS: worlds };

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

    it('03-annotation-noise compares ways of asking', { timeout: 1_800_000 }, async () => {
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

    it('04-heads compares the heads and shows where HPQA looks', { timeout: 1_800_000 }, async () => {
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

    it('05-win-tie compares losses', { timeout: 1_800_000 }, async () => {
      const { outputs, summary } = await decided('05-win-tie', {});
      expect(summary.claims).toHaveLength(7);
      expect(summary.differences).toHaveLength(12);
      expect(Object.keys(summary.spread)).toEqual(['BT', 'BT-WT', 'BT-LT', 'BT+BCE']);
      expect(count(outputs, 'application/vnd.plotly.v1+json')).toBeGreaterThanOrEqual(6);
    });

    it('06-reward-hacking sets proxies beside the truth', { timeout: 1_800_000 }, async () => {
      const { outputs, summary } = await decided('06-reward-hacking', { GRPO_STEPS: '2', GRPO_PROMPTS: '2' });
      expect(summary.claims).toHaveLength(12);
      for (const { value } of Object.values<{ value: number }>(summary.endQuality)) {
        expect(value).toBeGreaterThan(0);
        expect(value).toBeLessThan(1);
      }
      expect(summary.ends.BT.map(({ step }: { step: number }) => step)).toEqual([2, 2]);
      expect(count(outputs, 'application/vnd.solireward.player.v1+json')).toBe(1);
    });

    it('08-audit sets verdicts beside what the policy did', { timeout: 1_800_000 }, async () => {
      const { outputs, summary } = await decided('08-audit', {
        ...{ GRPO_STEPS: '2', GRPO_PROMPTS: '2', AUDIT_CLIPS: '4' },
      });
      expect(summary.claims).toHaveLength(4);
      expect(summary.foretold).toHaveLength(14);
      for (const { gain, movement } of summary.foretold)
        expect(Number.isFinite(gain) && Number.isFinite(movement)).toBe(true);
      expect(summary.verdicts.map(({ truth }: { truth: string[] }) => truth)).toEqual([[], []]);
      expect(count(outputs, 'image/svg+xml')).toBeGreaterThanOrEqual(4);
      expect(readFileSync(join(folder, 'audit.html'), 'utf8')).toContain('Audit of reward model, seed 1');
    });
  });

  describe('07-full-run', () => {
    /** Votes on four prompts, each with a clip that passes and one that fails. */
    async function votesOn8Clips(): Promise<string> {
      const clips = await makeClips(folder, 8);
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
      return file;
    }
    const small = {
      MODEL: goldenPath('checkpoints', 'internvl3-tiny'),
      PAIRS: '2',
      TEST: '0.25',
    };

    it('goes from votes on 8 clips to a model, and says first what it will take', {
      timeout: 1_800_000,
    }, async () => {
      const { outputs, summary } = await run('07-full-run', {
        ...small,
        VOTES: await votesOn8Clips(),
        EPOCHS: '1',
      });
      expect(outputs.filter(({ output_type }) => output_type === 'error')).toEqual([]);
      const first = String(outputs.find(({ data }) => data)?.data?.['text/plain']);
      const columns = ['card', 'precision', 'pairs at once', 'memory, GiB', 'hours'];
      for (const said of [...columns, `here: ${summary.engine.split(' ')[0]}`, 'steps of'])
        expect(first).toContain(said);
      expect(summary.clips).toEqual({ train: 6, test: 2 });
      expect(summary.steps).toBe(summary.estimate.steps);
      expect(summary.estimate.memoryBytes).toBeGreaterThan(0);
      expect(count(outputs, 'application/vnd.plotly.v1+json')).toBeGreaterThanOrEqual(3);
      expect(count(outputs, 'application/vnd.solireward.player.v1+json')).toBe(1);
      expect(existsSync(join(folder, 'model-physics', 'training_config.json'))).toBe(true);
    });

    it('resumes where a killed kernel stopped', { timeout: 1_800_000 }, async () => {
      const parameters = { ...small, VOTES: await votesOn8Clips(), EPOCHS: '10', SAVE: '1' };
      const training = join(folder, 'run-physics-42');
      let ended = false;
      const killed = run('07-full-run', parameters).then(
        () => undefined,
        (error: Error) => error,
      );
      killed.then(() => {
        ended = true;
      });
      await expect
        .poll(() => ended || existsSync(join(training, 'checkpoints', 'step-3')), {
          timeout: 1_800_000,
          interval: 20,
        })
        .toBe(true);
      expect(ended).toBe(false);
      for (const pid of kernelsOf(folder)) process.kill(pid, 'SIGKILL');
      expect(await killed).toBeInstanceOf(Error);
      expect(existsSync(join(folder, 'summary.json'))).toBe(false);

      const { outputs, summary } = await run('07-full-run', parameters);
      expect(outputs.filter(({ output_type }) => output_type === 'error')).toEqual([]);
      const lines = readFileSync(join(training, 'log.jsonl'), 'utf8').trim().split('\n');
      const steps = lines.map((line) => JSON.parse(line).step);
      expect(steps).toEqual(Array.from({ length: summary.estimate.steps }, (_, i) => i + 1));
    });
  });
});

/** The kernels that were started with this run folder. */
function kernelsOf(folder: string): number[] {
  const mine = `SOLIREWARD_RUN_FOLDER=${folder}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const environment = readFileSync(join('/proc', pid, 'environ'), 'utf8').split('\0');
        const command = readFileSync(join('/proc', pid, 'cmdline'), 'utf8');
        return environment.includes(mine) && command.includes('kernel/process/main.js') ? [Number(pid)] : [];
      } catch {
        return []; // it has ended
      }
    });
}
