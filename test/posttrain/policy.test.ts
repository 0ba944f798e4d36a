import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { worldPrompts } from '../../src/data/world/prompt.js';
import { type Scalar, tf, type Variable } from '../../src/engine/tf.js';
import { type Action, Policy, planOf } from '../../src/posttrain/policy.js';
import { describeEngines } from '../support/engines.js';

const prompts = worldPrompts(6, 2);
const actions: Action[] = prompts.map((_, i) => ({
  fault: i % 6,
  draws: [0.5, -0.1, 0.2, 0.05 * i, -0.3, 0.4],
}));

/** A policy moved away from where it starts, always the same way. */
function moved(): Policy {
  const policy = new Policy();
  policy.variables.forEach((variable, i) => {
    const random = new Random(9, i);
    const shift = Array.from({ length: variable.size }, () => 0.2 * random.normal());
    tf.tidy(() => variable.assign(tf.add(variable, tf.tensor(shift, variable.shape))));
  });
  return policy;
}

/** Logits [B][6], means [B][6] and deviations [6], by the variables and what prompts ask for. */
async function distribution(policy: Policy) {
  const [logits, means, logDeviations] = await Promise.all(policy.variables.map((one) => one.array()));
  const motions = ['falls', 'rolls left', 'rolls right', 'flies left', 'flies right', 'rests'];
  const features = prompts.map(({ phrases }) => [
    1,
    (phrases.reduce((sum, { count }) => sum + count, 0) - 2) / 2,
    ...motions.map((motion) => (phrases.some((phrase) => phrase.motion === motion) ? 1 : 0)),
  ]);
  const times = (matrix: number[][]) =>
    features.map((row) => matrix[0].map((_, j) => row.reduce((sum, x, i) => sum + x * matrix[i][j], 0)));
  return {
    shares: times(logits as number[][]).map((row) => {
      const exps = row.map(Math.exp);
      return exps.map((value) => value / exps.reduce((sum, one) => sum + one, 0));
    }),
    means: times(means as number[][]),
    deviations: (logDeviations as number[]).map(Math.exp),
  };
}

/** Derivative of a scalar by one value of a variable, by central differences. */
async function slope(variable: Variable, at: number, scalar: () => Scalar): Promise<number> {
  const step = 1e-2;
  const values = [...(await variable.data())];
  const ends = [];
  for (const sign of [1, -1]) {
    const shifted = values.map((value, i) => (i === at ? value + sign * step : value));
    tf.tidy(() => variable.assign(tf.tensor(shifted, variable.shape)));
    const result = scalar();
    ends.push((await result.data())[0]);
    result.dispose();
  }
  tf.tidy(() => variable.assign(tf.tensor(values, variable.shape)));
  return (ends[0] - ends[1]) / (2 * step);
}

await describeEngines('Policy', () => {
  it('has the log probability of a categorical and six Gaussians', async () => {
    const policy = moved();
    const { shares, means, deviations } = await distribution(policy);
    const expected = actions.map(({ fault, draws }, b) =>
      draws.reduce((sum, z, j) => {
        const standard = (z - means[b][j]) / deviations[j];
        return sum - standard ** 2 / 2 - Math.log(deviations[j]) - Math.log(2 * Math.PI) / 2;
      }, Math.log(shares[b][fault])),
    );
    const found = policy.logProbability(prompts, actions);
    expect(await found.data()).toBeAllclose(expected, { rtol: 1e-4 });
    found.dispose();
    policy.dispose();
  });

  it('has the divergence of its parts, 0 from itself', async () => {
    const [policy, reference] = [moved(), new Policy()];
    const [own, other] = [await distribution(policy), await distribution(reference)];
    const perPrompt = own.shares.map((shares, b) => {
      const ofFaults = shares.reduce((sum, p, i) => sum + p * Math.log(p / other.shares[b][i]), 0);
      return own.means[b].reduce((sum, mean, j) => {
        const [s, t] = [own.deviations[j], other.deviations[j]];
        return sum + Math.log(t / s) + (s * s + (mean - other.means[b][j]) ** 2) / (2 * t * t) - 0.5;
      }, ofFaults);
    });
    const expected = perPrompt.reduce((sum, value) => sum + value, 0) / perPrompt.length;
    const [found, zero] = [policy.divergence(reference, prompts), policy.divergence(policy, prompts)];
    expect(await found.data()).toBeAllclose([expected], { rtol: 1e-4 });
    expect((await zero.data())[0]).toBeCloseTo(0, 5);
    tf.dispose([found, zero]);
    policy.dispose();
    reference.dispose();
  });

  it('has the gradients of finite differences', async () => {
    const [policy, reference] = [moved(), new Policy()];
    const scalar = () =>
      tf.tidy(
        () =>
          tf.add(
            tf.mean(policy.logProbability(prompts, actions)),
            policy.divergence(reference, prompts),
          ) as Scalar,
      );
    const { grads, value } = tf.variableGrads(scalar, policy.variables);
    value.dispose();
    for (const variable of policy.variables) {
      const gradient = await grads[variable.name].data();
      for (const at of [0, Math.floor(variable.size / 2), variable.size - 1]) {
        expect(gradient[at]).toBeCloseTo(await slope(variable, at, scalar), 1);
      }
    }
    tf.dispose(grads);
    policy.dispose();
    reference.dispose();
  });
});

describe('Policy', () => {
  it('acts as it says: shares, means and deviations of its draws', async () => {
    const policy = moved();
    const { shares, means, deviations } = await distribution(policy);
    const many = new Array(4000).fill(prompts[1]);
    const drawn = await policy.act(many, new Random(1));
    shares[1].forEach((share, fault) => {
      const found = drawn.filter((action) => action.fault === fault).length / drawn.length;
      expect(Math.abs(found - share)).toBeLessThan(4 * Math.sqrt(share / drawn.length));
    });
    means[1].forEach((mean, j) => {
      const values = drawn.map(({ draws }) => draws[j]);
      const found = values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(Math.abs(found - mean)).toBeLessThan((4 * deviations[j]) / Math.sqrt(drawn.length));
    });
    expect(await policy.act(many, new Random(1))).toEqual(drawn);
    policy.dispose();
  });

  it('comes with a fault in 65% of its clips', async () => {
    const policy = new Policy();
    const { shares, means } = await distribution(policy);
    for (const row of shares) expect(row[0]).toBeCloseTo(0.35, 5);
    expect(means.flat().every((mean) => mean === 0)).toBe(true);
    policy.dispose();
  });

  it('is copied with variables of its own', async () => {
    const policy = moved();
    const copy = policy.copy();
    const before = [...(await copy.variables[0].data())];
    tf.tidy(() => policy.variables[0].assign(tf.zerosLike(policy.variables[0])));
    expect([...(await copy.variables[0].data())]).toEqual(before);
    policy.dispose();
    copy.dispose();
  });
});

describe('planOf', () => {
  it('squashes draws into their ranges; a stillness below 0 is none', () => {
    const clip = { id: 'a', prompt: prompts[0], seed: 1 };
    const { fault, departures } = planOf({ fault: 2, draws: [0, 1, -1, 9, -9, -2] }, clip);
    expect(fault).toEqual({ kind: 'jumps', strength: 0.5 });
    expect(departures.brightness).toBeCloseTo(Math.tanh(1), 12);
    expect(departures.contrast).toBeCloseTo(-Math.tanh(1), 12);
    expect(departures.stillness).toBe(0);
    expect(planOf({ fault: 0, draws: [0, 0, 0, 0, 0, 0] }, clip).fault).toBeUndefined();
  });
});
