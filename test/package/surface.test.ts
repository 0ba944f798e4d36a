import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as sr from '../../src/index.js';
import { Client } from '../support/kernelClient.js';

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** Every public name. Who adds, renames or removes one does it here too. */
const surface = {
  engine: 'check use',
  data:
    'FrameCache aggregate agreement annotate annotatePairs clipsOf dawidSkene decodeFrames fetv makeWorld nearDuplicates probe ' +
    'readClips readScores readVotes readers sampleFrames splitByPrompt videoLimits votesTable worldPrompts writeVotes',
  pairing: 'crossPrompt inPrompt listed readOfficial writeOfficial',
  model: 'Features create dimensionPrompts fromHub heads load newHead presets save taskPrompts tiny',
  loss: 'bce bt btWt combined winTie',
  train: 'cards estimate exportOfficial fit microBatch readRun watch',
  score: 'attention clips file frames scale',
  cluster: 'logs manifest merge plan queue resubmit status submit watch',
  serve: '', // a function
  reward: 'ensemble gdpoAdvantages grpoAdvantages mix',
  benchmark: 'evaluate read',
  audit: 'command compare expectations families run served worldTruth',
  analysis:
    'againstRatings allPairRatio analyze auc aucInterval averagePrecision bestF1 bestOfN bootstrap brier ' +
    'byGroup byPrompt chooseThreshold delong effectSize evaluate evaluatePairs expectedCalibrationError ' +
    'groupAdvantages histogram holm kendall kolmogorovSmirnov logistic mcnemar mean meanMargin median ' +
    'overCheckpoints overSeeds pairAccuracy pairedBootstrap pairedOverSeeds pearson plattScaling ' +
    'populationStability precisionRecall reliability rocCurve scoreCollapse spearman twoModels verdict ' +
    'wasserstein wilson',
  plot:
    'Figure againstRatings byGroup byPrompt curves effectSizes estimates groupShares overCheckpoints pairMargins plotly ' +
    'precisionRecallCurve reliabilityCurve roc scoreDistribution thresholdCosts trainingCurves twoModels',
  notebook:
    'annotator clearOutput display gallery html image input json latex liveChart markdown npm pair parameter player progress ' +
    'progressOf sh stopwatch svg table time',
  posttrain: 'Policy grpo sample',
};

it('has the names that are written here', () => {
  const names = Object.entries(sr).map(([room, face]) => [room, Object.keys(face).sort().join(' ')]);
  expect(Object.fromEntries(names)).toEqual(surface);
});

describe('a room by itself', () => {
  it.each(['data', 'pairing', 'analysis', 'plot', 'notebook'] as const)(
    'solireward/%s loads without TensorFlow',
    async (room) => {
      const script = `import { createRequire } from 'node:module';
      const face = await import('solireward/${room}');
      const loaded = Object.keys(createRequire(import.meta.url).cache);
      console.log(JSON.stringify({ names: Object.keys(face).join(' '), heavy: loaded.filter((f) => /@tensorflow/.test(f)) }));`;
      const { stdout } = await promisify(execFile)('node', ['--input-type=module', '-e', script], {
        cwd: root,
      });
      expect(JSON.parse(stdout)).toEqual({ names: surface[room], heavy: [] });
    },
  );

  it('solireward/loss brings the one TensorFlow that it computes with', async () => {
    const script = `import * as sr from 'solireward'; import { bt } from 'solireward/loss'; console.log(bt === sr.loss.bt)`;
    const { stdout } = await promisify(execFile)('node', ['--input-type=module', '-e', script], {
      cwd: root,
    });
    expect(stdout).toBe('true\n');
  });
});

describe('in a notebook', () => {
  let client: Client;
  beforeAll(async () => {
    client = await Client.start();
  });
  afterAll(() => client.stop());
  const start = "import * as sr from 'solireward';\n";

  it('hovering over a function of a room shows its comment and its parameters', async () => {
    const code = `${start}sr.data.readVotes`;
    const { reply } = await client.request('inspect_request', { code, cursor_pos: code.length });
    const text = String((reply.content.data as Record<string, unknown>)['text/plain']);
    expect(text).toContain('readVotes(file: string, { threshold }');
    expect(text).toContain('Reads votes from a CSV, TSV, JSON');
  });

  it('completes the names of a room', async () => {
    const code = `${start}sr.data.`;
    const { reply } = await client.request('complete_request', { code, cursor_pos: code.length });
    expect(reply.content.matches).toEqual(expect.arrayContaining(surface.data.split(' ')));
  });

  it('imports a room by itself, with its types', async () => {
    const { published, reply } = await client.execute(
      "import { mean } from 'solireward/analysis';\nconst m: number = mean([1, 2, 6]);\nm",
    );
    expect(reply.content.status).toBe('ok');
    expect(published.find(({ type }) => type === 'execute_result')?.content.data).toEqual({
      'text/plain': '3',
    });
  });
});
