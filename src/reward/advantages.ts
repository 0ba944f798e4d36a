import { advantagesWithin } from '../analysis/groupAdvantages.js';

/**
 * Advantages of a sum of rewards, as GRPO takes them: the sum is normalised within the group of a prompt,
 * A = (r - mean) / deviation with r = Σ w r_k. Source: Shao et al. 2024 (DeepSeekMath), section 4.1.2.
 * @param contributions what each part adds to each clip, w r_k, as `mix` gives it
 * @param groups the group of each clip, such as its prompt
 * @returns one for each clip; 0 in a group whose rewards are all equal
 * @throws {RangeError} for no part, lists of different lengths, or a value that is not finite
 */
export function grpoAdvantages(
  contributions: Readonly<Record<string, readonly number[]>>,
  groups: readonly string[],
): number[] {
  const parts = partsOf('grpoAdvantages', contributions, groups);
  return advantagesWithin(sum(parts.map(([, values]) => values)), groups).advantages;
}

/**
 * Advantages of several rewards, normalised one by one within the group and then summed, so that a reward of large spread does not
 * drown the others and different combinations of rewards do not end at one advantage: A = Σ w A_k, A_k = (r_k - mean) / deviation;
 * then A is normalised over all clips of the batch. Source: Liu et al. 2026 (GDPO, arXiv 2601.05242).
 * @param rewards of each part, unweighted; `groups` as for `grpoAdvantages`
 * @param weights by part. Default 1.
 * @returns one for each clip; all 0 where every group is flat in every part
 * @throws {RangeError} as `grpoAdvantages`, and for a weight that is not finite or of no part
 */
export function gdpoAdvantages(
  rewards: Readonly<Record<string, readonly number[]>>,
  groups: readonly string[],
  weights: Readonly<Record<string, number>> = {},
): number[] {
  const parts = partsOf('gdpoAdvantages', rewards, groups);
  for (const [name, weight] of Object.entries(weights)) {
    if (!Object.hasOwn(rewards, name) || !Number.isFinite(weight))
      throw new RangeError(
        `gdpoAdvantages: expected a finite weight of a part, received ${weight} of "${name}"`,
      );
  }
  const summed = sum(
    parts.map(([name, values]) => {
      const weight = weights[name] ?? 1;
      return advantagesWithin(values, groups).advantages.map((advantage) => weight * advantage);
    }),
  );
  // The whole batch as one group.
  return advantagesWithin(
    summed,
    groups.map(() => ''),
  ).advantages;
}

function partsOf(
  operation: string,
  parts: Readonly<Record<string, readonly number[]>>,
  groups: readonly string[],
): [string, readonly number[]][] {
  const entries = Object.entries(parts);
  if (entries.length === 0) throw new RangeError(`${operation}: expected at least one part, received none`);
  for (const [name, values] of entries) {
    if (values.length !== groups.length) {
      throw new RangeError(
        `${operation}: expected ${groups.length} values of "${name}", one for each clip, received ${values.length}`,
      );
    }
  }
  return entries;
}

const sum = (parts: readonly (readonly number[])[]): number[] =>
  parts[0].map((_, clip) => parts.reduce((total, values) => total + values[clip], 0));
