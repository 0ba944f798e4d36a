import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Tensor, tf } from '../engine/tf.js';
import { combined } from '../loss/combined.js';
import type { Loss } from '../loss/loss.js';
import { batchOf } from '../model/input/batch.js';
import { load } from '../model/load.js';
import { parameter } from '../model/weights/weights.js';
import { AdamW } from '../train/adamw.js';
import { learningRateAt } from '../train/schedule.js';
import { type MicroBatch, TrainStep } from '../train/trainStep.js';
import type { FixtureReader, Fixtures, Tensors } from './fixtures.js';
import { guarded, type Item, Worst } from './measure.js';

/** A trajectory is followed up to the step where the official float32 run itself is this far from its float64 twin. */
const largestNoise = 5e-5;
/** Rewards and losses are compared to their size or to 1, whichever is larger: small rewards are differences. */
const floor = 1;

const trajectoryFile = /^(.+)-trajectory\.json$/;

/** The learning rates and the training trajectories of `training/`. */
export async function* training(fixtures: Fixtures): AsyncGenerator<Item> {
  const names = await fixtures.names('training');
  if (names.includes('lr-schedule.json')) {
    yield* guarded('training learning rates', async function* () {
      yield {
        name: 'training learning rates',
        error: rateError(await fixtures.json('training', 'lr-schedule.json')),
      };
    });
  }
  for (const file of names) {
    const [, model] = trajectoryFile.exec(file) ?? [];
    if (!model) continue;
    yield* guarded(`training ${model}`, async function* () {
      const setup = await fixtures.json('training', file);
      const batches = await fixtures.tensors(...setup.text('batches').split('/'));
      const trajectories = setup.object('trajectories');
      for (const name of trajectories.names) {
        yield* guarded(`training ${name}`, () =>
          trajectory(fixtures, { setup, batches, model, name, steps: followed(trajectories.object(name)) }),
        );
      }
    });
  }
}

function rateError(file: FixtureReader): number {
  const worst = new Worst();
  for (const schedule of file.objects('schedules')) {
    const options = {
      schedule: 'logarithmic' as const,
      learningRate: schedule.number('base_lr'),
      warmup: schedule.number('warmup_steps'),
      steps: schedule.number('total_steps'),
    };
    const expected = schedule.numbers('lr');
    worst.add(
      expected.map((_, i) => learningRateAt(i + 1, options)),
      expected,
    );
  }
  return worst.error;
}

/** The steps before the first one whose official numbers are too noisy. */
function followed(trajectory: FixtureReader): { steps: FixtureReader[]; all: boolean } {
  const steps = trajectory.objects('steps');
  if (!trajectory.has('float32_vs_float64')) return { steps, all: true };
  const noisy = trajectory.objects('float32_vs_float64').findIndex((noise) => {
    const { loss, reward_abs } = { loss: noise.number('loss'), reward_abs: noise.number('reward_abs') };
    return Math.max(loss, reward_abs) > largestNoise;
  });
  return noisy === -1 ? { steps, all: true } : { steps: steps.slice(0, noisy), all: false };
}

interface Trajectory {
  setup: FixtureReader;
  batches: Tensors;
  model: string;
  name: string;
  steps: { steps: FixtureReader[]; all: boolean };
}

async function* trajectory(
  fixtures: Fixtures,
  { setup, batches, model: start, name, steps: { steps, all } }: Trajectory,
): AsyncGenerator<Item> {
  const settings = setup.object('optimizer');
  const loss = lossOf(setup.object('loss'));
  const model = await load(fixtures.path(...setup.text('start').split('/')));
  const parameters = new Map(model.parameters('all').map((name) => [name, parameter(model.weights, name)]));
  const optimizer = new AdamW(parameters, {
    betas: settings.numbers('betas') as [number, number],
    epsilon: settings.number('eps'),
    weightDecay: settings.number('weight_decay'),
    decays: () => true,
  });
  const scorer = {
    rewards: (inputs: readonly Tensor[]) => model.forward(batchOf(inputs)),
    variables: () => model.weights.values(),
  };
  const trainStep = new TrainStep(scorer, { loss, optimizer });
  const held: MicroBatch[] = [];
  try {
    const [losses, norms, rewards] = [new Worst(), new Worst(), new Worst()];
    for (const step of steps) {
      const micro = step.numbers('micro_batches').map((index) => {
        held[index] ??= microBatch(batches, index);
        return held[index];
      });
      const result = await trainStep.run(micro, {
        learningRate: step.number('lr'),
        clipNorm: settings.number('clip_global_norm'),
      });
      losses.add([result.loss], [step.number('loss')], floor);
      norms.add([result.gradNorm], [step.number('grad_norm')]);
      rewards.add(result.chosen, step.numbers('rewards_chosen'), floor);
      rewards.add(result.rejected, step.numbers('rewards_rejected'), floor);
      await nextTurn(); // an engine that computes in this thread would keep all others waiting for minutes
    }
    const title = `training ${name}, ${steps.length} steps`;
    yield { name: `${title}: losses`, error: losses.error };
    // Norms are noisier than losses: the official ones are off their float64 twins by up to 15 times as much.
    yield { name: `${title}: norms of the gradients`, error: norms.error, allowance: 5 };
    yield { name: `${title}: rewards`, error: rewards.error, allowance: 2 };

    const final = `${start}-final-${name}.safetensors`;
    if (all && (await fixtures.names('training')).includes(final)) {
      const stored = await fixtures.tensors('training', final);
      const worst = new Worst();
      for (const key of stored.names) {
        // To the size 1, as the official tolerance is: a step of AdamW is as long as the learning rate, in whatever direction.
        worst.add(await parameter(model.weights, key).data(), stored.floats(key).data, floor);
      }
      yield {
        name: `${title}: ${stored.names.length} parameters after them`,
        error: worst.error,
        allowance: 2,
      };
    }
  } finally {
    optimizer.dispose();
    model.dispose();
    trainStep.dispose();
    for (const { tie, labels, inputs } of held.filter(Boolean)) {
      tf.dispose([tie, labels.chosen, labels.rejected, ...inputs]);
    }
  }
}

function lossOf(settings: FixtureReader): Loss {
  return combined({
    margin: settings.number('reward_margin'),
    bt: settings.number('bt_loss_coeff'),
    btt: settings.number('enable_btt_loss') ? settings.number('btt_loss_coeff') : 0,
    bce: settings.number('bce_loss_coeff'),
  });
}

/** Chosen sequences first, then the rejected ones; padding tiles are left out. */
function microBatch(stored: Tensors, index: number): MicroBatch {
  const of = (name: string) => stored.get(`micro_batch.${index}.${name}`);
  const flags = of('image_flags').data;
  const kept = Int32Array.from(flags.keys()).filter((tile) => flags[tile] === 1);
  const [win, lose] = [of('quality_win').data, of('quality_lose').data];
  const flag = (test: (i: number) => boolean) => tf.tensor1d(Array.from(win, (_, i) => (test(i) ? 1 : 0)));
  const tensor = (name: string, dtype: 'float32' | 'int32' = 'float32') =>
    tf.tensor(of(name).data, of(name).shape, dtype);
  const pixels = tf.tidy(() => tf.gather(tensor('pixel_values'), tf.tensor1d(kept, 'int32')));
  return {
    inputs: [tensor('input_ids', 'int32'), tensor('attention_mask'), pixels],
    tie: flag((i) => win[i] === lose[i]),
    labels: { chosen: flag((i) => win[i] > 0), rejected: flag((i) => lose[i] > 0) },
  };
}
