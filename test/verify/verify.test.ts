import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { main } from '../../src/cli.js';
import { precision } from '../../src/engine/precision.js';
import { tf } from '../../src/engine/tf.js';
import { use } from '../../src/engine/use.js';
import { otherPrecisions } from '../../src/verify/precisions.js';
import { engines as workingEngines } from '../support/engines.js';
import { goldenPath } from '../support/goldenFolder.js';
import { bfloat16Shards } from '../support/goldenModel.js';
import { capturePrinted, complained, printed } from '../support/printed.js';
import { describeShared, shared } from '../support/shared.js';

let folder: string;
capturePrinted();
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verify-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

// WebGPU, emulated, takes ten minutes for the whole; test/model/goldenCheckpoints has its share of the same numbers.
const engines = await workingEngines();
/** Exit code of the command, and the lines of items above the tolerance. */
async function verify(engine: string = engines[0], ...more: string[]) {
  const code = await main(['verify', folder, '--engine', engine, ...more]);
  return { code, failed: printed.filter((line) => line.startsWith('FAILED')) };
}
/** Copies a part of the golden fixtures. */
async function copy(...path: string[]): Promise<void> {
  const to = join(folder, ...path);
  await mkdir(dirname(to), { recursive: true });
  await cp(goldenPath(...path), to, { recursive: true });
}
/** Changes a JSON file of the copy. */
// biome-ignore lint/suspicious/noExplicitAny: plain data of any shape
async function edit(path: string, change: (data: any) => void): Promise<void> {
  const file = join(folder, path);
  const data = JSON.parse(await readFile(file, 'utf8'));
  change(data);
  await rm(file);
  await writeFile(file, JSON.stringify(data));
}
/** Copies the training, with one run that is cut after two steps. */
// biome-ignore lint/suspicious/noExplicitAny: plain data of any shape
async function copyTwoSteps(change: (steps: any[]) => void = () => {}): Promise<void> {
  await copy('training');
  await edit('training/internvl3-tiny-trajectory.json', (file) => {
    const run = file.trajectories['constant_lr1e-4'];
    run.steps = run.steps.slice(0, 2);
    change(run.steps);
    file.trajectories = { 'constant_lr1e-4': run };
  });
  await rm(join(folder, 'training', 'internvl3-tiny-final-constant_lr1e-4.safetensors'));
}
/** Changes the largest number of a tensor of the copy by 1%, or its first byte by one. */
async function nudge(path: string, tensor: string): Promise<void> {
  const file = join(folder, path);
  const bytes = await readFile(file);
  const start = 8 + Number(bytes.readBigUInt64LE());
  const { dtype, data_offsets: offsets } = JSON.parse(bytes.subarray(8, start).toString())[tensor];
  const [begin, end] = offsets.map((offset: number) => start + offset);
  if (dtype === 'U8') bytes[begin] ^= 1;
  else {
    let at = begin;
    for (let i = begin; i < end; i += 4) {
      if (Math.abs(bytes.readFloatLE(i)) > Math.abs(bytes.readFloatLE(at))) at = i;
    }
    bytes.writeFloatLE(bytes.readFloatLE(at) * 1.01, at);
  }
  await rm(file);
  await writeFile(file, bytes);
}

describe('solireward verify', () => {
  it('agrees with the golden fixtures', async () => {
    const parts = ['losses.json', 'heads', 'preprocess', 'metrics.json', 'checkpoints', 'training'];
    for (const part of parts) await copy(part);
    const [engine] = engines;
    await use(engine);
    const before = tf.memory().numTensors;
    const { code, failed } = await verify(engine);
    expect(failed).toEqual([]);
    expect(code).toBe(0);
    expect(tf.memory().numTensors).toBe(before);
    expect(printed.at(-1)).toBe('all 148 items agree');
    expect(printed[0]).toContain('float32');
    const others = printed.flatMap((line) => {
      const [, precision, error] = line.match(/^for information: in (\w+) .* is (\S+) \(\w+-tiny\)$/) ?? [];
      return precision ? [{ precision, error: Number(error) }] : [];
    });
    expect(others.map(({ precision }) => precision)).toEqual(otherPrecisions(engine));
    for (const { error } of others) {
      expect(error).toBeGreaterThan(1e-4); // they are not computed in float32
      expect(error).toBeLessThan(0.2);
    }
  });

  for (const engine of engines) {
    describe(`on ${engine}`, () => {
      it.each<[string, string, string[]]>([
        ['heads/attention.safetensors', 'grad.masked.hidden_states.5', ['heads attention: gradients']],
        [
          'heads/attention.safetensors',
          'reward_head.3.weight',
          ['with a mask', 'without a mask', 'gradients'],
        ],
      ])('fails when a number of %s %s is another', async (file, tensor, items) => {
        for (const name of ['attention.json', 'attention.safetensors']) await copy('heads', name);
        await nudge(file, tensor);
        const { code, failed } = await verify(engine);
        expect(code).toBe(1);
        expect(failed).toHaveLength(items.length);
        for (const [i, item] of items.entries()) expect(failed[i]).toContain(item);
      });

      it('fails when numbers of a model are others, each in its place', async () => {
        await copy('checkpoints', 'internvl3-tiny');
        const places = {
          'vit.hidden_states.1': 'vision',
          projector_output: 'visual tokens',
          'hidden_states.4': 'hidden states',
          logits_last: 'logits',
          'grad.reward_head.0.weight': 'gradients',
        };
        for (const tensor of Object.keys(places))
          await nudge('checkpoints/internvl3-tiny/io.safetensors', tensor);
        const { code, failed } = await verify(engine);
        expect(code).toBe(1);
        expect(failed.map((line) => line.replace(/.*: /, ''))).toEqual(Object.values(places));
      });

      it("fails when a number of a model's rewards is another", async () => {
        await copy('checkpoints', 'internvl3-tiny', 'io.safetensors');
        const rounded = join(folder, 'checkpoints', 'rounded');
        await bfloat16Shards(rounded);
        await cp(goldenPath('bfloat16', 'io.json'), join(rounded, 'io.json'));
        const agreed = await verify(engine);
        expect(agreed.failed).toHaveLength(1); // the original has no io.json here
        await edit('checkpoints/rounded/io.json', (io) => {
          io.reward_scores_float32_compute[1] *= 1.01;
        });
        const { failed } = await verify(engine);
        expect(failed.at(-1)).toContain('checkpoint rounded: rewards');
      });

      it('fails when a number of a loss is another', async () => {
        await copy('losses.json');
        await edit('losses.json', ({ cases }) => {
          cases[3].grad_chosen[1] *= 1.01;
          cases[30].loss *= 1.01;
        });
        const { code, failed } = await verify(engine);
        expect(code).toBe(1);
        expect(failed).toEqual([expect.stringContaining('bt-003'), expect.stringContaining('combined-030')]);
      });

      it('fails when a number of a training run is another', async () => {
        await copy('checkpoints', 'internvl3-tiny');
        await rm(join(folder, 'checkpoints', 'internvl3-tiny', 'io.json'));
        await copyTwoSteps((steps) => {
          steps[1].loss *= 1.01;
          steps[1].rewards_chosen[0][0] += 0.01;
        });
        await edit('training/lr-schedule.json', ({ schedules }) => {
          schedules[1].lr[7] *= 1.01;
        });
        const { failed } = await verify(engine);
        expect(failed.slice(1)).toEqual([
          expect.stringContaining('training learning rates'),
          expect.stringContaining('training constant_lr1e-4, 2 steps: losses'),
          expect.stringContaining('training constant_lr1e-4, 2 steps: rewards'),
        ]);
      }, 240_000);
    });
  }

  it('fails when a number that no engine computes is another', async () => {
    await copy('metrics.json');
    await copy('preprocess');
    await edit('metrics.json', ({ score_sets, annotation_tables }) => {
      score_sets[2].expected.auc += 0.001;
      annotation_tables[0].expected.pairwise['0,1'].cohen_kappa += 0.001;
      annotation_tables[1].dawid_skene.after_10_iterations.confusion[0][0][0] += 0.001;
    });
    await edit('preprocess/preprocess.json', ({ sampling_table, aspect }) => {
      sampling_table.rows[9]['8'][3] += 1;
      aspect[5].columns += 1;
    });
    await nudge('preprocess/resize-cases.safetensors', '2.resized');
    const { code, failed } = await verify();
    expect(code).toBe(1);
    expect(failed.map((line) => line.replace(/^FAILED +\S+ +/, ''))).toEqual([
      'preprocess sampling',
      'preprocess tile grids',
      'preprocess resize',
      'metrics of scores 2',
      'metrics of annotations 0',
      'metrics of annotations 1: Dawid-Skene',
    ]);
  });

  describeShared(
    'of real clips',
    () => {
      it('agrees with their pictures, and fails when a number is another', async () => {
        await cp(shared('golden', 'preprocess'), join(folder, 'preprocess'), { recursive: true });
        expect(await verify()).toEqual({ code: 0, failed: [] });
        await nudge('preprocess/cogvideo_001.safetensors', 'pixels.56.max6');
        const { code, failed } = await verify();
        expect(code).toBe(1);
        expect(failed).toEqual([
          expect.stringContaining('preprocess fetv/clips/cogvideo_001.mp4: pixels.56.max6'),
        ]);
      });
    },
    'golden',
  );

  it('computes in true float32 whatever is in use', async () => {
    const native = otherPrecisions(engines[0]).at(-1) ?? 'float32';
    await use(engines[0], { precision: native });
    await copy('checkpoints', 'internvl3-tiny');
    expect(await verify()).toEqual({ code: 0, failed: [] });
    expect(precision()).toBe('float32');
  });

  it('takes another tolerance', async () => {
    await copy('losses.json');
    await edit('losses.json', ({ cases }) => {
      cases[3].loss *= 1.01;
    });
    expect(await verify(engines[0], '--tolerance', '0.02')).toEqual({ code: 0, failed: [] });
  });

  // biome-ignore lint/suspicious/noExplicitAny: plain data of any shape
  it.each<[string, string, (data: any) => void, RegExp]>([
    [
      'a field is missing',
      'losses.json',
      (data) => delete data.cases[0].loss,
      /losses\.json, cases 0: the field loss is missing/,
    ],
    [
      'a field is of another kind',
      'losses.json',
      (data) => {
        data.cases[0].rewards_chosen = 'x';
      },
      /cases 0: rewards_chosen is .*, expected a list/,
    ],
    [
      'a list holds no numbers',
      'losses.json',
      (data) => {
        data.cases[0].rewards_chosen = ['x'];
      },
      /cases 0: rewards_chosen is .*, expected a list of numbers/,
    ],
    [
      'a list holds no objects',
      'losses.json',
      (data) => {
        data.cases = [5];
      },
      /losses\.json, cases 0 is not an object/,
    ],
    ['lists differ in length', 'losses.json', (data) => data.cases[0].rewards_chosen.pop(), /losses bt-000/],
    [
      'a loss is unknown',
      'losses.json',
      (data) => {
        data.cases[0].kind = 'mse';
      },
      /unknown kind "mse", expected bt, btt/,
    ],
    [
      'a head is unknown',
      'heads/attention.json',
      (data) => {
        data.reduce_sequence = 'sum';
      },
      /unknown reduce_sequence "sum"/,
    ],
    [
      'a state is missing',
      'heads/attention.json',
      (data) => {
        data.num_hidden_states = 7;
      },
      /attention\.safetensors has no tensor "input\.hidden_states\.6"/,
    ],
    [
      'a file is not there',
      'preprocess/preprocess.json',
      (data) => {
        data.resize_cases.file = 'none.safetensors';
      },
      /cannot read preprocess\/none\.safetensors: ENOENT/,
    ],
  ])('says so when %s', async (_, path, change, message) => {
    const part = path.split('/')[0];
    await copy(part);
    await edit(path, change);
    const { code } = await verify();
    expect(code).toBe(1);
    expect(printed.join('\n')).toMatch(message);
  });

  it('says so when files are damaged or missing, and continues with the rest', async () => {
    await copy('losses.json');
    await writeFile(join(folder, 'metrics.json'), '{');
    await mkdir(join(folder, 'heads'));
    await writeFile(join(folder, 'heads', 'x.json'), '[]');
    await mkdir(join(folder, 'checkpoints', 'mine'), { recursive: true });
    const { code, failed } = await verify();
    expect(code).toBe(1);
    expect(failed).toHaveLength(3);
    const text = printed.join('\n');
    expect(text).toMatch(/heads x\n +verify: heads\/x\.json is not a JSON object/);
    expect(text).toMatch(/checkpoint mine\n +verify: cannot read checkpoints\/mine\/io\.json: ENOENT/);
    expect(text).toMatch(/metrics\.json\n +verify: metrics\.json is not valid JSON/);
    expect(text).toMatch(/3 of 56 items FAILED/);
  });
});

describe('solireward verify', () => {
  beforeAll(() => use(engines[0]));

  it('refuses a folder without fixtures', async () => {
    expect((await verify()).code).toBe(1);
    expect(complained.at(-1)).toBe(
      `solireward: verify: ${folder} holds no fixtures: none of losses.json, heads, checkpoints, preprocess, metrics.json, training`,
    );
  });

  it('refuses a wrong command', async () => {
    expect(await main(['verify'])).toBe(2);
    expect(complained[0]).toBe('solireward: verify needs one folder of fixtures');
    expect(await main(['verify', folder, '--tolerance', 'much'])).toBe(2);
    expect(await main(['verify', folder, '--engine', 'abacus'])).toBe(1);
    expect(complained.at(-1)).toMatch(/unknown engine 'abacus'/);
  });
});
