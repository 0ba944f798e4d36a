import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clip } from '../../src/data/clip.js';
import { use } from '../../src/engine/use.js';
import { bce } from '../../src/loss/bce.js';
import { bt } from '../../src/loss/bt.js';
import { btWt } from '../../src/loss/btWt.js';
import { combined } from '../../src/loss/combined.js';
import { winTie } from '../../src/loss/winTie.js';
import { disposeBatch } from '../../src/model/input/batch.js';
import { load } from '../../src/model/load.js';
import type { RewardModel } from '../../src/model/rewardModel.js';
import { listed } from '../../src/pairing/listed.js';
import { readOfficial } from '../../src/pairing/official.js';
import type { Pair } from '../../src/pairing/pair.js';
import { exportOfficial, type OfficialOptions, type OfficialRun } from '../../src/train/exportOfficial.js';
import { makeClips } from '../support/clips.js';
import { engines } from '../support/engines.js';
import { goldenBatch } from '../support/goldenBatch.js';
import { goldenPath } from '../support/goldenFolder.js';
import { goldenJson } from '../support/goldenModel.js';
import { fakeTrainer } from '../support/officialTrainer.js';

const card = {
  prompts: { system: 'Answer good or bad.', user: 'Does "{prompt}" obey the laws of physics? It\'s asked: ' },
  dimension: 'physics',
};

let folder: string;
let clips: Clip[];
let model: RewardModel;
let made = 0;
beforeAll(async () => {
  const [engine] = await engines();
  await use(engine);
  folder = mkdtempSync(join(tmpdir(), "official's "));
  clips = await makeClips(folder, 4);
  model = await load(goldenPath('checkpoints', 'internvl3-tiny'), { card });
});
afterAll(() => {
  model.dispose();
  rmSync(folder, { recursive: true });
});

const pair = (
  chosen: number,
  rejected: number,
  kind: Pair['kind'] = 'win-lose',
  more: object = {},
): Pair => ({
  chosen: clips[chosen],
  rejected: clips[rejected],
  kind,
  dimension: 'physics',
  ...more,
});
const fourPairs = () => [pair(0, 1), pair(2, 1), pair(0, 2, 'win-tie'), pair(2, 1)];
const run = (more: Partial<OfficialRun> = {}): OfficialRun => ({
  model,
  pairs: listed(fourPairs(), { seed: 1 }),
  ...{ batchSize: 4, accumulate: 2, epochs: 2, learningRate: 1e-5 },
  ...more,
});
const newFolder = () => join(folder, `export ${made++}`);
const spread: OfficialOptions = { gpus: 2, nodes: 2 };

/** The arguments that the trainer of a node got. */
interface Call {
  launcher: string[];
  program: string;
  given: Record<string, string[]>;
}

describe('exportOfficial', () => {
  it('writes pairs that are the same ones, and leaves the stream where it is', async () => {
    const pairs = listed(fourPairs(), { seed: 1 });
    pairs.cursor = 3;
    const place = newFolder();
    const evaluate = [pair(3, 3, 'win-lose', { rejected: { ...clips[3], id: 'other' } })];
    const written = await exportOfficial(run({ pairs, evaluate }), place, spread);
    expect(pairs.cursor).toBe(3);
    expect(written).toMatchObject({
      folder: place,
      pairs: 4,
      heldOut: 1,
      clips: 5,
      output: join(place, 'output'),
    });
    pairs.cursor = 0;
    const strip = ({ chosen, rejected, kind, dimension }: Pair) => ({ chosen, rejected, kind, dimension });
    expect((await readOfficial(join(place, 'train.json'))).map(strip)).toEqual(pairs.next(4));
    expect((await readOfficial(join(place, 'evaluate.json'))).map(strip)).toEqual(evaluate);
    expect(readdirSync(place).sort()).toEqual([
      'deepspeed.json',
      'evaluate.json',
      'model',
      'nodes.sh',
      'output',
      'ray.sh',
      'slurm.sh',
      'train.json',
      'train.sh',
    ]);
    expect(JSON.parse(readFileSync(join(place, 'deepspeed.json'), 'utf8'))).toMatchObject({
      zero_optimization: { stage: 0 },
      scheduler: { type: 'WarmupLR', params: { warmup_type: 'log' } },
    });
  });

  it('comes back from the official trainer with the official rewards, and its prompts', async () => {
    const place = newFolder();
    const pairs = listed([...fourPairs(), ...fourPairs()], { seed: 1 });
    const { output } = await exportOfficial(run({ pairs }), place, { gpus: 8, nodes: 1 });
    const fake = fakeTrainer(mkdtempSync(join(folder, 'fake-')));
    const started = spawnSync('bash', [join(place, 'train.sh')], {
      env: { ...process.env, PATH: fake.path, OFFICIAL: fake.official },
      encoding: 'utf8',
    });
    expect(started).toMatchObject({ status: 0, stderr: '' });
    const { launcher, program, given } = call(fake.calls, 0);
    expect(launcher).toEqual(['--nproc-per-node', '8', '--standalone']);
    expect(program).toBe(join(fake.official, 'scripts', 'solireward_train.py'));
    expect(given).toMatchObject({
      model_name_or_path: [join(place, 'model')],
      train_data_path: [join(place, 'train.json')],
      hierarchical_query_attn_layers: ['1', '2', '3', '4'],
      ...{ model_type: ['InternVL3'], reduce_sequence: ['progressive_hierarchical_attention'] },
      ...{ input_size: ['56'], num_segments: ['4'], max_num: ['1'], center_crop_video: ['false'] },
      ...{ reward_margin: ['3'], enable_btt_loss: ['1'], bt_loss_coeff: ['1'], btt_loss_coeff: ['1'] },
      ...{ num_train_epochs: ['2'], per_device_train_batch_size: ['1'], gradient_accumulation_steps: ['1'] },
      ...{ learning_rate: ['0.00001'], warmup_ratio: ['0.05'], bf16: [], save_only_model: [], seed: ['42'] },
    });
    expect(given).not.toHaveProperty('eval_data_path');

    const trained = await load(join(output, 'checkpoint-20'));
    expect(trained.prompts).toEqual(card.prompts);
    expect(trained.card.dimension).toBe('physics');
    expect(trained.config).toEqual(model.config);
    // What the official code computes with these weights, rounded to bfloat16.
    const { reward_scores_float32_compute: expected } = goldenJson('bfloat16', 'io.json');
    const batch = goldenBatch();
    const rewards = trained.forward(batch);
    expect(await rewards.data()).toBeAllclose(expected, { rtol: 1e-4 });
    rewards.dispose();
    disposeBatch(batch);
    trained.dispose();
  });

  it.each([
    ['over ssh', 'nodes.sh', ['host-a', 'host-b']],
    ['by Slurm', 'slurm.sh', ['node-a', 'node-a']],
    ['by Ray', 'ray.sh', undefined],
  ] as const)('starts several nodes %s, each in its place', async (_, script, masters) => {
    const place = newFolder();
    await exportOfficial(run(), place, spread);
    const fake = fakeTrainer(mkdtempSync(join(folder, 'fake-')));
    writeFileSync(join(place, 'hosts'), '# two hosts\nhost-a\n\n  host-b\n');
    const started = spawnSync('bash', [join(place, script), join(place, 'hosts')], {
      env: {
        ...process.env,
        PATH: fake.path,
        OFFICIAL: fake.official,
        SLURM_JOB_ID: '7',
        SLURM_JOB_NODELIST: 'node-[a-b]',
      },
      encoding: 'utf8',
    });
    expect(started).toMatchObject({ status: 0, stderr: '' });
    await expect
      .poll(() => readdirSync(fake.calls).filter((name) => /^rank-\d.json$/.test(name)).length, {
        timeout: 60_000,
      })
      .toBe(2);
    const calls = [call(fake.calls, 0), call(fake.calls, 1)];
    for (const [rank, { launcher, given }] of calls.entries()) {
      expect(launcher.slice(0, 6)).toEqual([
        '--nproc-per-node',
        '2',
        '--nnodes',
        '2',
        '--node-rank',
        String(rank),
      ]);
      expect(given.gradient_accumulation_steps).toEqual(['2']);
    }
    const addresses = calls.map(({ launcher }) => launcher[launcher.indexOf('--master-addr') + 1]);
    expect(addresses[0]).toBe(addresses[1]);
    if (masters) expect(addresses[0]).toBe(masters[0]);
    else {
      const submitted = readFileSync(join(fake.calls, 'ray'), 'utf8');
      expect(
        submitted.match(
          /job submit --no-wait --submission-id solireward-[\d-]+-[01] --entrypoint-num-gpus 2 -- /g,
        ),
      ).toHaveLength(2);
    }
  });

  it('ends the other nodes when one fails, and nothing else', async () => {
    const place = newFolder();
    await exportOfficial(run(), place, spread);
    const fake = fakeTrainer(mkdtempSync(join(folder, 'fake-')));
    writeFileSync(join(place, 'hosts'), 'host-a\nhost-b\n');
    const started = spawnSync('bash', [join(place, 'nodes.sh'), join(place, 'hosts')], {
      env: { ...process.env, PATH: fake.path, OFFICIAL: fake.official, FAIL_RANK: '1' },
      encoding: 'utf8',
    });
    expect(started.status).toBe(3);
    expect(started.stderr).toContain('nodes.sh: a node has failed');
    if (existsSync(join(fake.calls, 'rank-0.json')))
      await expect.poll(() => existsSync(join(fake.calls, 'ended-0')), { timeout: 60_000 }).toBe(true);
    expect(readFileSync(join(place, 'nodes.sh'), 'utf8')).not.toContain('pkill');
  });

  it('says what its scripts lack', async () => {
    const place = newFolder();
    await exportOfficial(run(), place, spread);
    const { OFFICIAL: _, ...env } = process.env;
    const start = (script: string, more: object, ...args: string[]) =>
      spawnSync('bash', [join(place, script), ...args], { env: { ...env, ...more }, encoding: 'utf8' })
        .stderr;
    expect(start('train.sh', {})).toContain('give the folder of the official repository');
    expect(start('train.sh', { OFFICIAL: folder })).toContain('train.sh: there is no ');
    writeFileSync(join(place, 'hosts'), 'only-one\n');
    expect(start('nodes.sh', { OFFICIAL: folder }, join(place, 'hosts'))).toContain(
      'has 1 hosts, and this training is for 2',
    );
  });

  it('writes scripts that shellcheck has nothing to say of', async (context) => {
    const found = ['shellcheck', '.venv/bin/shellcheck'].find(
      (name) => spawnSync(name, ['--version']).status === 0,
    );
    const [one, two] = [newFolder(), newFolder()];
    const { scripts } = await exportOfficial(run(), one, { gpus: 4, nodes: 1 });
    const all = [...scripts, ...(await exportOfficial(run(), two, spread)).scripts];
    expect(all).toHaveLength(3 + 4);
    for (const script of all) expect(spawnSync('bash', ['-n', script], { encoding: 'utf8' }).stderr).toBe('');
    if (!found) return context.skip('shellcheck is not installed');
    expect(spawnSync(found, all, { encoding: 'utf8' }).stdout).toBe('');
  });

  it.each([
    [
      'winTie',
      winTie({ margin: 1, smoothing: 0.1 }),
      {
        reward_margin: '1',
        enable_btt_loss: '1',
        btt_loss_coeff: '1',
        bce_loss_coeff: '0',
        bt_label_smoothing: '0.1',
      },
    ],
    [
      'bt',
      bt({ margin: 2 }),
      { reward_margin: '2', bt_loss_coeff: '1', enable_btt_loss: '0', bce_loss_coeff: '0' },
    ],
    ['btWt', btWt(), { reward_margin: '0', bt_loss_coeff: '1', enable_btt_loss: '1', btt_loss_coeff: '0.5' }],
    [
      'combined',
      combined({ bce: 0.5, btt: 0, bceSmoothing: 0.2 }),
      { enable_btt_loss: '0', bce_loss_coeff: '0.5', bce_label_smoothing: '0.2' },
    ],
    [
      'bce',
      bce({ smoothing: 0.1 }),
      {
        bt_loss_coeff: '0',
        enable_btt_loss: '0',
        bce_loss_coeff: '1',
        bce_label_smoothing: '0.1',
        bt_label_smoothing: '0',
      },
    ],
  ] as const)('carries the loss %s over', async (_, loss, expected) => {
    const place = newFolder();
    await exportOfficial(run({ loss }), place, { gpus: 1 });
    const script = readFileSync(join(place, 'train.sh'), 'utf8');
    for (const [name, value] of Object.entries(expected)) expect(script).toContain(`--${name} ${value} `);
  });

  it.each<[string, Partial<OfficialRun>, OfficialOptions, RegExp]>([
    [
      'a trained head alone',
      { trainable: 'head' },
      {},
      /no counterpart of trainable "head"; it trains everything/,
    ],
    ['weights that do not decay', { decay: 'matrices' }, {}, /no counterpart of decay "matrices"/],
    [
      'a falling rate',
      { schedule: 'cosine' },
      {},
      /no counterpart of schedule "cosine"; its learning rate stays/,
    ],
    ['early stopping', { patience: 3 }, {}, /no counterpart of patience 3; leave it out/],
    [
      'a loss of ones own',
      { loss: winTie().bind(null) as never },
      {},
      /no counterpart of the loss a function/,
    ],
    [
      'another average',
      { loss: winTie({ average: 'counted' }) },
      {},
      /average "counted"; give average: 'all'/,
    ],
    [
      'a flipped margin',
      { loss: bt({ smoothing: 0.1, smoothedMargin: 'flipped' }) },
      {},
      /smoothedMargin "flipped"/,
    ],
    [
      'pairs that do not spread',
      {},
      { gpus: 3 },
      /8 pairs of an update do not spread evenly over 1 nodes of 3 GPUs .* multiple of 3/,
    ],
    ['more GPUs than pairs', {}, { gpus: 8 }, /4 pairs are fewer than 8 GPUs take at once/],
    ['half a node', {}, { nodes: 0.5 }, /expected nodes to be a positive integer, received 0.5/],
    [
      'a stage that is none',
      {},
      { gpus: 2, zero: 4 as never },
      /expected zero to be 0, 1, 2 or 3, received 4/,
    ],
    ['no steps', { steps: 0 }, {}, /expected steps to be a positive integer, received 0/],
  ])('refuses %s', async (_, more, options, message) => {
    const place = newFolder();
    await expect(exportOfficial(run(more), place, options)).rejects.toThrow(message);
    expect(existsSync(place)).toBe(false);
  });

  it.each<[string, () => Pair[], RegExp]>([
    [
      'a clip that is not there',
      () => [
        pair(0, 1, 'win-lose', { rejected: { id: 'gone', path: join(folder, 'gone.mp4'), prompt: '' } }),
      ],
      /1 of 2 clips cannot be read, and one would end the whole training.*"gone": there is no file/,
    ],
    [
      'a clip that is not a video',
      () => [
        pair(0, 1, 'win-lose', {
          rejected: { id: 'text', path: fileURLToPath(import.meta.url), prompt: '' },
        }),
      ],
      /"text": probe: /,
    ],
    [
      'a clip without a prompt',
      () => [pair(0, 1, 'win-lose', { rejected: { id: 'x', path: clips[1].path } })],
      /clip "x" has no prompt/,
    ],
    [
      'a token in a prompt',
      () => [pair(0, 1, 'win-lose', { rejected: { ...clips[1], prompt: 'a <image> of' } })],
      /the prompt of clip "clip-1" holds <image>/,
    ],
    ['ties alone', () => [pair(0, 2, 'win-tie')], /all pairs are ties/],
    [
      'two dimensions',
      () => [pair(0, 1), pair(2, 1, 'win-lose', { dimension: 'deformity' })],
      /pair 1 is about "deformity", and the first about "physics"/,
    ],
    [
      'a clip with two files',
      () => [pair(0, 1), pair(2, 1, 'win-lose', { rejected: { ...clips[1], path: clips[3].path } })],
      /clip "clip-1" has two files/,
    ],
    ['a clip against itself', () => [pair(1, 1)], /compares clip "clip-1" with itself/],
    [
      'an unknown kind',
      () => [pair(0, 1, 'draw' as never)],
      /expected a win-lose, win-tie or lose-tie, received "draw"/,
    ],
  ])('refuses %s', async (_, pairs, message) => {
    const place = newFolder();
    // The order of listed pairs is shuffled; here it must be the given one.
    const given = pairs();
    const stream = { length: given.length, cursor: 0, next: () => given };
    await expect(exportOfficial(run({ pairs: stream }), place, { gpus: 1 })).rejects.toThrow(message);
    expect(readdirSync(folder).filter((name) => name.includes('unfinished'))).toEqual([]);
  });

  it('refuses a label that BCE would see twice, held-out clips that are trained on, and a folder that is used', async () => {
    const contrary = listed([pair(0, 1), pair(1, 2)], { seed: 1 });
    await expect(
      exportOfficial(run({ pairs: contrary, loss: bce() }), newFolder(), { gpus: 1 }),
    ).rejects.toThrow(/passes in one pair and fails in another, and BCE needs one label/);
    await expect(exportOfficial(run({ evaluate: [pair(0, 3)] }), newFolder(), { gpus: 1 })).rejects.toThrow(
      /clip "clip-0" of evaluate is trained on; split first/,
    );
    await expect(exportOfficial(run(), folder, { gpus: 1 })).rejects.toThrow(
      /holds ".*" already; give a new folder/,
    );
  });
});

const call = (calls: string, rank: number): Call =>
  JSON.parse(readFileSync(join(calls, `rank-${rank}.json`), 'utf8'));
