import { type Scalar, type Tensor, type Tensor1D, type Tensor2D, type Tensor3D, tf } from '../engine/tf.js';
import type { Piece } from '../model/input/prompt.js';
import type { Tokens } from '../model/input/tokens.js';
import { gatherRows } from '../model/layers/gatherRows.js';
import { load } from '../model/load.js';
import type { RewardModel } from '../model/rewardModel.js';
import { parameter } from '../model/weights/weights.js';
import type { FixtureReader, Fixtures, Tensors } from './fixtures.js';
import { guarded, type Item, relativeError, Worst } from './measure.js';
import { Sample } from './sample.js';

/** Gradients below this share of the global norm are rounding. */
const noise = 1e-3;

/** The whole models of `checkpoints/`: tokens, vision, decoder, rewards, logits and gradients. */
export async function* checkpoints(fixtures: Fixtures): AsyncGenerator<Item> {
  for (const name of await fixtures.names('checkpoints')) {
    yield* guarded(`checkpoint ${name}`, () => checkpoint(fixtures, name));
  }
}

/**
 * One of them. Vision and decoder run once for all items that begin with what they compute, the gradients among them: on
 * WebGPU in software a pass takes seconds.
 */
export async function* checkpoint(fixtures: Fixtures, name: string): AsyncGenerator<Item> {
  const title = `checkpoint ${name}`;
  const io = await fixtures.json('checkpoints', name, 'io.json');
  // A rounded copy of a model has the inputs of the original, and rewards of its own.
  const copy = io.has('inputs');
  const file = copy ? io.text('inputs').split('/') : ['checkpoints', name, 'io.safetensors'];
  const stored = await fixtures.tensors(...file);
  const model = await load(fixtures.path('checkpoints', name));
  const sample = new Sample(model, stored);
  const held: Tensor[] = [];
  try {
    if (copy) {
      const expected = io.numbers('reward_scores_float32_compute');
      yield { name: `${title}: rewards`, error: await errorOf(() => sample.rewards(), expected) };
      return;
    }
    const { projected, states, received, loss, gradients } = differentiated(model, sample);
    held.push(projected, ...states, received, loss, ...gradients.values());
    const rewards = stored.floats('reward_scores').data;
    yield { name: `${title}: rewards`, error: relativeError(await received.data(), rewards) };
    const expected = io.object('expected');
    const turned = 'reward_scores_left_padded';
    const left = new Sample(model, stored, true);
    const same = expected.has(turned) ? expected.numbers(turned) : rewards;
    yield {
      name: `${title}: rewards, padding on the left`,
      error: await errorOf(() => left.rewards(left.states(projected)), same),
    };
    const alone = tf.tidy(() => sample.rewardWithoutMask(projected));
    if (alone) {
      held.push(alone);
      yield {
        name: `${title}: reward without a mask`,
        error: relativeError(await alone.data(), rewards.slice(0, 1)),
      };
    }
    const { tokens } = model.processor;
    if (io.has('tokenizer_cases')) yield { name: `${title}: tokens`, error: tokenError(tokens, io) };
    const { backbone } = model;
    if (backbone.visionStates) {
      const vision = () => backbone.visionStates?.(sample.pixels()) ?? [];
      yield { name: `${title}: vision`, error: await visionError(vision, stored) };
    }
    if (stored.has('patches')) {
      const error = await errorOf(
        () => everyPatch(sample, io.number('patch_step')),
        stored.floats('patches').data,
      );
      yield { name: `${title}: patches`, error };
    }
    const official = stored.floats('projector_output').data;
    yield { name: `${title}: visual tokens`, error: relativeError(await projected.data(), official) };
    yield { name: `${title}: hidden states`, error: await stateError(model, states, stored) };
    const logits = stored.floats('logits_last').data;
    yield { name: `${title}: logits`, error: await errorOf(() => sample.logits(states), logits) };
    yield { name: `${title}: gradients`, error: await gradientError(loss, gradients, stored, io) };
    yield* clipItems(fixtures, model, name, title);
  } finally {
    tf.dispose(held);
    model.dispose();
  }
}

/** Error of what is computed. */
async function errorOf(compute: () => Tensor, expected: ArrayLike<number>): Promise<number> {
  const tensor = tf.tidy(compute);
  try {
    return relativeError(await tensor.data(), expected);
  } finally {
    tensor.dispose();
  }
}

/** Ids of texts, in which special tokens are read as such, as the official code does. */
function tokenError(tokens: Tokens, io: FixtureReader): number {
  const worst = new Worst();
  for (const given of io.objects('tokenizer_cases')) {
    const pieces = given
      .text('text')
      .split(/(<\|\w+\|>|<\/?\w+>)/)
      .map(
        (part, i): Piece =>
          i % 2 === 1 && tokens.find(part) !== undefined ? { token: part, times: 1 } : part,
      );
    worst.add(tokens.encode(pieces), given.numbers('ids'));
  }
  return worst.error;
}

async function visionError(compute: () => Tensor[], stored: Tensors): Promise<number> {
  const states = tf.tidy(compute);
  try {
    const worst = new Worst();
    for (const [i, state] of states.entries()) {
      const name = `vit.hidden_states.${i}`;
      if (stored.has(name)) worst.add(await state.data(), stored.floats(name).data);
    }
    return worst.error;
  } finally {
    tf.dispose(states);
  }
}

/** One patch in every `step`, of those that are made of the frames. */
function everyPatch(sample: Sample, step: number): Tensor2D {
  const patches = sample.patches();
  const rows = Int32Array.from({ length: Math.ceil(patches.shape[0] / step) }, (_, i) => i * step);
  return gatherRows(patches, rows);
}

/** Of the stored ones, where there are tokens: padding holds whatever a model computes there. */
async function stateError(model: RewardModel, states: readonly Tensor[], stored: Tensors): Promise<number> {
  const worst = new Worst();
  const flags = stored.get('input.attention_mask').data;
  const width = model.config.llm.hiddenSize;
  const real = (values: ArrayLike<number>) =>
    Float32Array.from(values, (value, i) => (flags[Math.floor(i / width)] === 1 ? value : 0));
  const last = `hidden_states.${states.length - 1}`;
  for (const [i, state] of states.entries()) {
    const name = `hidden_states.${i}`;
    if (name === last || stored.has(name))
      worst.add(real(await state.data()), real(stored.floats(name).data));
  }
  return worst.error;
}

/** What a model makes of a sample on the way to the loss, and the gradients of it; the caller's to dispose. */
interface Differentiated {
  projected: Tensor2D;
  states: Tensor3D[];
  received: Tensor1D;
  loss: Scalar;
  /** By the names of the parameters. */
  gradients: Map<string, Tensor>;
}

/** Of the BT loss with margin 3, softplus(3 - (r₀ - r₁)). */
function differentiated(model: RewardModel, sample: Sample): Differentiated {
  const names = model.parameters('all');
  const variables = names.map((name) => parameter(model.weights, name));
  let forward: Pick<Differentiated, 'projected' | 'states' | 'received'> | undefined;
  const { grads, value } = tf.variableGrads(() => {
    const projected = tf.keep(sample.projected());
    const states = sample.states(projected).map((state) => tf.keep(state));
    const received = tf.keep(sample.rewards(states));
    forward = { projected, states, received };
    const [chosen, rejected] = tf.split(received, 2);
    return tf.sum(tf.softplus(tf.sub(3, tf.sub(chosen, rejected)))) as Scalar;
  }, variables);
  const gradients = new Map(names.map((name, i) => [name, grads[variables[i].name]]));
  return { ...(forward as NonNullable<typeof forward>), loss: value, gradients };
}

/** Of the loss, each stored gradient, and the norms of all. */
async function gradientError(
  loss: Scalar,
  gradients: ReadonlyMap<string, Tensor>,
  stored: Tensors,
  io: FixtureReader,
): Promise<number> {
  const worst = new Worst();
  const expected = io.object('expected');
  const norms = io.object('gradient').object('norms');
  const global = expected.number('gradient_global_norm');
  worst.add(await loss.data(), [expected.number('bt_loss_margin3')]);
  let squares = 0;
  for (const [name, tensor] of gradients) {
    const gradient = (await tensor.data()) as Float32Array;
    const norm = Math.sqrt(gradient.reduce((sum, x) => sum + x * x, 0));
    squares += norm * norm;
    worst.add([norm], [norms.number(name)], noise * global);
    if (stored.has(`grad.${name}`)) worst.add(gradient, stored.floats(`grad.${name}`).data, noise * global);
  }
  worst.add([Math.sqrt(squares)], [global]);
  return worst.error;
}

/** Rewards of the clips of `e2e.json` whose pixels are stored: the decoding of clips has no part in them. */
async function* clipItems(
  fixtures: Fixtures,
  model: RewardModel,
  name: string,
  title: string,
): AsyncGenerator<Item> {
  const names = await fixtures.names('checkpoints', name);
  if (!names.includes('e2e.json') || !names.includes('e2e.safetensors')) return;
  const stored = await fixtures.tensors('checkpoints', name, 'e2e.safetensors');
  const cases = (await fixtures.json('checkpoints', name, 'e2e.json')).objects('cases');
  const clips = [...new Set(cases.map((given) => given.text('clip')))];
  for (const given of cases) {
    // Pixels are stored once for all cases of a clip.
    const key = `${clips.indexOf(given.text('clip'))}.pixel_values`;
    if (!stored.has(key)) continue;
    const { data, shape } = stored.floats(key);
    const ids = given.numbers('input_ids');
    const reward = () => {
      const visual = model.encodeVision(tf.tensor(data, shape));
      const mask = tf.ones([1, ids.length]) as Tensor2D;
      return model.reward(model.decode(tf.tensor2d(ids, [1, ids.length], 'int32'), mask, visual), mask);
    };
    yield {
      name: `${title}: reward of ${given.text('clip')}, ${given.text('task')}`,
      error: await errorOf(reward, [given.number('reward')]),
    };
  }
}
