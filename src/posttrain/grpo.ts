import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mean } from '../analysis/distribution.js';
import { advantagesWithin } from '../analysis/groupAdvantages.js';
import { cellSignal } from '../base/host.js';
import { Random } from '../base/random.js';
import type { Clip } from '../data/clip.js';
import { type DepartureName, departureNames } from '../data/world/departures.js';
import { type GeneratedClip, generateClips } from '../data/world/generate.js';
import type { WorldPrompt } from '../data/world/prompt.js';
import { type Scalar, type Tensor1D, tf, type Variable } from '../engine/tf.js';
import { type Policy, plansOf } from './policy.js';

/** Scores of clips, in their order: a reward model's, or of what is true of them, or anything else to be chased. */
export type Reward = (
  clips: readonly Clip[],
  made: readonly GeneratedClip[],
) => Promise<readonly number[]> | readonly number[];

/** How a policy is post-trained. */
export interface GrpoOptions {
  /** What clips are made for; each step takes the next ones, over and over. */
  prompts: readonly WorldPrompt[];
  /** What the clips are rewarded by. */
  reward: Reward;
  /** Steps of the whole training. */
  steps: number;
  /** Any integer. */
  seed: number;
  /** Prompts of a step. Default 8. */
  promptsPerStep?: number;
  /** Clips of a prompt. Default 8. */
  groupSize?: number;
  /** Updates on the clips of a step. Default 2. */
  updates?: number;
  /** ε: ratios of probabilities count within 1 - ε and 1 + ε. Default 0.2. */
  clip?: number;
  /** β, the weight of the divergence from the policy as it came. Default 0.01. */
  beta?: number;
  /** Learning rate of Adam. Default 0.05. */
  learningRate?: number;
  /** Stops between steps, with the signal's reason. Default: the interrupt of the notebook's cell. */
  signal?: AbortSignal;
  /** Called after each step. */
  onProgress?: (record: GrpoRecord & { steps: number }) => void;
}

/** One step, before its updates. */
export interface GrpoRecord {
  /** Number of the step, from 1. */
  step: number;
  /** Mean reward of the clips: what the policy is told. */
  reward: number;
  /** Mean true quality of the clips: what it should be told. */
  quality: number;
  /** Divergence from the policy as it came, in nats. */
  kl: number;
  /** Groups whose rewards were all equal: they teach nothing. */
  flat: number;
  /** Share of clips with a fault, and their mean departures. */
  faulty: number;
  /** Mean departures of the clips. */
  departures: Record<DepartureName, number>;
}

const defaults = { promptsPerStep: 8, groupSize: 8, updates: 2, clip: 0.2, beta: 0.01, learningRate: 0.05 };

/**
 * Post-trains a generator by GRPO: for each prompt a group of clips is made, rewarded, and made more or less likely by
 * its advantage A in the group. Maximises mean[min(ρ A, clip(ρ, 1 - ε, 1 + ε) A)] - β KL(π ‖ π₀), ρ = π(a) / π_old(a), by
 * Adam; the KL is in closed form, where the source estimates it. Clips are rendered, encoded and rewarded as files.
 * Source: Shao et al. 2024 (DeepSeekMath), equation 3.
 * @param policy changed in place.
 * @returns a record a step.
 * @throws RangeError for a setting out of range, or a reward that is missing or not finite, with its clip.
 */
export async function grpo(policy: Policy, options: GrpoOptions): Promise<GrpoRecord[]> {
  const { prompts, reward, steps, seed, signal = cellSignal(), onProgress } = options;
  const settings = { ...defaults, ...options };
  const { promptsPerStep, groupSize, updates, clip, beta, learningRate } = settings;
  check(settings);
  const reference = policy.copy();
  const optimizer = tf.train.adam(learningRate);
  const folder = await mkdtemp(join(tmpdir(), 'solireward-grpo-'));
  const history: GrpoRecord[] = [];
  try {
    for (let step = 1; step <= steps; step++) {
      signal?.throwIfAborted();
      const asked = Array.from({ length: promptsPerStep }, (_, i) => {
        return prompts[((step - 1) * promptsPerStep + i) % prompts.length];
      });
      const ofClips = asked.flatMap((prompt) => new Array<WorldPrompt>(groupSize).fill(prompt));
      const groups = asked.flatMap((_, group) => new Array<string>(groupSize).fill(String(group)));
      const actions = await policy.act(ofClips, new Random(seed, step));
      const plans = plansOf(actions, ofClips, new Random(seed, step, 1), (i) => `step-${step}-${i}`);
      const made = await generateClips(plans, join(folder, String(step)), signal);
      const rewards = await rewardsOf(made, reward);
      await rm(join(folder, String(step)), { recursive: true });
      const { advantages, flat } = advantagesWithin(rewards, groups);

      const old = policy.logProbability(ofClips, actions);
      const kl = policy.divergence(reference, asked);
      const weights = tf.tensor1d(advantages);
      const record: GrpoRecord = {
        step,
        reward: mean(rewards),
        quality: mean(made.map(({ quality }) => quality)),
        kl: (await kl.data())[0],
        flat,
        faulty: mean(made.map(({ fault }) => Number(fault !== ''))),
        departures: meanDepartures(made),
      };
      for (let update = 0; update < updates; update++) {
        const { grads, value } = tf.variableGrads(() => {
          const ratio = tf.exp(tf.sub(policy.logProbability(ofClips, actions), old)) as Tensor1D;
          const gain = surrogate(ratio, weights, clip);
          return tf.sub(tf.mul(policy.divergence(reference, asked), beta), gain) as Scalar;
        }, policy.variables);
        optimizer.applyGradients(byName(policy.variables, grads));
        tf.dispose([grads, value]);
      }
      tf.dispose([old, kl, weights]);
      history.push(record);
      onProgress?.({ ...record, steps });
    }
    return history;
  } finally {
    reference.dispose();
    optimizer.dispose();
    await rm(folder, { recursive: true, force: true });
  }
}

/** mean min(ρ A, clip(ρ, 1 - ε, 1 + ε) A). */
export function surrogate(ratio: Tensor1D, advantages: Tensor1D, clip: number): Scalar {
  return tf.tidy(() => {
    const clipped = tf.clipByValue(ratio, 1 - clip, 1 + clip);
    return tf.mean(tf.minimum(tf.mul(ratio, advantages), tf.mul(clipped, advantages))) as Scalar;
  });
}

/** Mean of each departure over clips. */
function meanDepartures(clips: readonly GeneratedClip[]): Record<DepartureName, number> {
  return Object.fromEntries(
    departureNames.map((name) => [name, mean(clips.map(({ departures }) => departures[name]))]),
  ) as Record<DepartureName, number>;
}

async function rewardsOf(made: readonly GeneratedClip[], reward: Reward): Promise<readonly number[]> {
  const rewards = await reward(
    made.map(({ clip }) => clip),
    made,
  );
  if (rewards.length !== made.length) {
    throw new RangeError(
      `grpo: expected ${made.length} rewards, one for each clip, received ${rewards.length}; see what the reward left out`,
    );
  }
  rewards.forEach((value, i) => {
    if (!Number.isFinite(value)) {
      throw new RangeError(`grpo: the reward of clip "${made[i].clip.id}" is ${value}, not a finite number`);
    }
  });
  return rewards;
}

function byName(variables: readonly Variable[], gradients: Record<string, unknown>) {
  return variables.map(({ name }) => ({ name, tensor: gradients[name] as Tensor1D }));
}

function check({
  prompts,
  steps,
  promptsPerStep,
  groupSize,
  updates,
  ...rates
}: typeof defaults & GrpoOptions): void {
  if (prompts.length === 0) throw new RangeError('grpo: expected at least one prompt, received none');
  for (const [name, value] of Object.entries({ steps, promptsPerStep, updates })) {
    if (!(Number.isInteger(value) && value >= 1)) {
      throw new RangeError(`grpo: expected ${name} to be a whole number from 1 on, received ${value}`);
    }
  }
  if (!(Number.isInteger(groupSize) && groupSize >= 2)) {
    throw new RangeError(
      `grpo: a group needs at least two clips to compare, received groupSize ${groupSize}`,
    );
  }
  for (const name of ['clip', 'learningRate'] as const) {
    if (!(rates[name] > 0)) throw new RangeError(`grpo: expected ${name} above 0, received ${rates[name]}`);
  }
  if (!(rates.beta >= 0)) throw new RangeError(`grpo: expected beta from 0 on, received ${rates.beta}`);
}
