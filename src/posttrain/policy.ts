import type { Random } from '../base/random.js';
import { motions } from '../data/world/body.js';
import { type Departures, departureNames } from '../data/world/departures.js';
import { faultKinds } from '../data/world/faults.js';
import type { ClipPlan } from '../data/world/generate.js';
import type { WorldPrompt } from '../data/world/prompt.js';
import { type Scalar, type Tensor, type Tensor1D, type Tensor2D, tf, type Variable } from '../engine/tf.js';

/** What a policy did: the index of a fault (0 for none), and its Gaussian draws before they are squashed, [6]. */
export interface Action {
  /** Index of the fault; 0 for none. */
  fault: number;
  /** The Gaussian draws before they are squashed, [6]. */
  draws: number[];
}

const faults = [undefined, ...faultKinds.physics] as const;
const draws = ['strength', ...departureNames] as const;

/** The generator as it comes: so many clips without a fault, and this deviation of its departures. */
const base = { faultless: 0.35, strengthDeviation: 1, departureDeviation: 0.3 };

/**
 * A small generator of world clips, conditional on the prompt: a categorical distribution of the fault, and Gaussians
 * of its strength σ(z) and of the departures tanh(z), their means linear in what the prompt asks for. New, it makes a
 * fault in 65% of its clips, and departures around none.
 */
export class Policy {
  /** [features, faults]. */
  private readonly logits: Variable;
  /** [features, draws]. */
  private readonly means: Variable;
  /** [draws]. */
  private readonly logDeviations: Variable;

  constructor() {
    const other = (1 - base.faultless) / faultKinds.physics.length;
    const logits = tf.buffer([featureCount, faults.length]);
    faults.forEach((kind, i) => {
      logits.set(Math.log(kind ? other : base.faultless), 0, i);
    });
    const deviations = draws.map((name) =>
      Math.log(name === 'strength' ? base.strengthDeviation : base.departureDeviation),
    );
    // In a tidy: a variable has a tensor of its own and outlives it.
    [this.logits, this.means, this.logDeviations] = tf.tidy(() => [
      tf.variable(logits.toTensor()),
      tf.variable(tf.zeros([featureCount, draws.length])),
      tf.variable(tf.tensor1d(deviations)),
    ]);
  }

  /** What is trained. */
  get variables(): Variable[] {
    return [this.logits, this.means, this.logDeviations];
  }

  /** A copy with variables of its own. */
  copy(): Policy {
    const copy = new Policy();
    copy.variables.forEach((variable, i) => {
      variable.assign(this.variables[i]);
    });
    return copy;
  }

  /** Draws an action for each prompt. */
  async act(prompts: readonly WorldPrompt[], random: Random): Promise<Action[]> {
    const parameters = tf.tidy(() => {
      const { logits, means } = this.distribution(featuresOf(prompts));
      return [tf.softmax(logits), means, tf.exp(this.logDeviations)];
    });
    const [shares, means, deviations] = await Promise.all(parameters.map((tensor) => tensor.array()));
    tf.dispose(parameters);
    return prompts.map((_, i) => ({
      fault: pick((shares as number[][])[i], random),
      draws: (means as number[][])[i].map((mean, j) => mean + (deviations as number[])[j] * random.normal()),
    }));
  }

  /** Log probability (density) of actions for prompts, [B]: ln π(fault) + Σ ln N(z; μ, s). */
  logProbability(prompts: readonly WorldPrompt[], actions: readonly Action[]): Tensor1D {
    return tf.tidy(() => {
      const { logits, means } = this.distribution(featuresOf(prompts));
      const chosen = tf.oneHot(
        tf.tensor1d(
          actions.map(({ fault }) => fault),
          'int32',
        ),
        faults.length,
      );
      const ofFault = tf.sum(tf.mul(logSoftmax(logits), chosen), 1);
      const z = tf.tensor2d(actions.map(({ draws }) => draws));
      const standard = tf.div(tf.sub(z, means), tf.exp(this.logDeviations));
      const ofDraws = tf.sub(
        tf.mul(tf.add(tf.square(standard), Math.log(2 * Math.PI)), -0.5),
        this.logDeviations,
      );
      return tf.add(ofFault, tf.sum(ofDraws, 1)) as Tensor1D;
    });
  }

  /**
   * KL(this ‖ reference), the mean over prompts, in closed form: Σ p (ln p - ln q) of the faults, and of each Gaussian
   * ln(s'/s) + (s² + (μ - μ')²) / 2s'² - ½.
   */
  divergence(reference: Policy, prompts: readonly WorldPrompt[]): Scalar {
    return tf.tidy(() => {
      const features = featuresOf(prompts);
      const own = this.distribution(features);
      const other = reference.distribution(features);
      const log = logSoftmax(own.logits);
      const ofFaults = tf.sum(tf.mul(tf.exp(log), tf.sub(log, logSoftmax(other.logits))), 1);
      const difference = tf.sub(reference.logDeviations, this.logDeviations);
      const variance = tf.exp(tf.mul(this.logDeviations, 2));
      const otherVariance = tf.exp(tf.mul(reference.logDeviations, 2));
      const distance = tf.add(variance, tf.square(tf.sub(own.means, other.means)));
      const ofDraws = tf.sub(tf.add(difference, tf.div(distance, tf.mul(otherVariance, 2))), 0.5);
      return tf.mean(tf.add(ofFaults, tf.sum(ofDraws, 1))) as Scalar;
    });
  }

  /** Frees the variables. */
  dispose(): void {
    tf.dispose(this.variables);
  }

  private distribution(features: Tensor2D): { logits: Tensor2D; means: Tensor2D } {
    return {
      logits: tf.matMul(features, this.logits as Tensor as Tensor2D),
      means: tf.matMul(features, this.means as Tensor as Tensor2D),
    };
  }
}

/** The clip that an action asks for. */
export function planOf(
  { fault, draws: [strength, ...rest] }: Action,
  clip: Pick<ClipPlan, 'id' | 'prompt' | 'seed'>,
): ClipPlan {
  const kind = faults[fault];
  const departures = Object.fromEntries(
    departureNames.map((name, i) => [name, Math.tanh(rest[i])]),
  ) as Departures;
  // A stillness below 0 is none: there is no way to stand less than not at all.
  departures.stillness = Math.max(0, departures.stillness);
  return { ...clip, departures, ...(kind && { fault: { kind, strength: 1 / (1 + Math.exp(-strength)) } }) };
}

/** The clips that actions for prompts ask for. @param random of the clips' seeds. @param idOf names them, by index. */
export function plansOf(
  actions: readonly Action[],
  prompts: readonly WorldPrompt[],
  random: Random,
  idOf: (index: number) => string,
): ClipPlan[] {
  return actions.map((action, i) =>
    planOf(action, { id: idOf(i), prompt: prompts[i], seed: random.integer(2 ** 31) }),
  );
}

/** What a policy knows of a prompt: 1, its number of bodies, and which motions it asks for. */
const featureCount = 2 + motions.length;

function featuresOf(prompts: readonly WorldPrompt[]): Tensor2D {
  return tf.tensor2d(
    prompts.map(({ phrases }) => {
      const bodies = phrases.reduce((sum, { count }) => sum + count, 0);
      return [
        1,
        (bodies - 2) / 2,
        ...motions.map((motion) => Number(phrases.some((one) => one.motion === motion))),
      ];
    }),
  );
}

/** In the form whose gradient every engine has. */
function logSoftmax(logits: Tensor2D): Tensor {
  const shifted = tf.sub(logits, tf.max(logits, 1, true));
  return tf.sub(shifted, tf.log(tf.sum(tf.exp(shifted), 1, true)));
}

function pick(shares: readonly number[], random: Random): number {
  let left = random.uniform();
  for (const [i, share] of shares.entries()) {
    left -= share;
    if (left < 0) return i;
  }
  return shares.length - 1;
}
