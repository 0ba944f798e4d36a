/** Scores of an ensemble: the mean of its members, and how far they are apart. */
export interface EnsembleScores {
  /** Mean of the members' scores, a value a clip. */
  mean: number[];
  /** Sample deviation (n - 1) over the members. */
  spread: number[];
}

/**
 * Mean and spread of the scores that several models, or heads over one backbone, give the same clips. The members are first
 * brought to one scale, where means and deviations are given: a score has no unit.
 * @param members scores of each member, in one order of clips; at least two members
 * @param scales mean and deviation of each member's scores on clips that do not change. Default: as they are.
 * @throws {RangeError} for fewer than two members, lists of different lengths, a score that is not finite, or scales that do not fit
 */
export function ensemble(
  members: readonly (readonly number[])[],
  scales: readonly { mean: number; deviation: number }[] = members.map(() => ({ mean: 0, deviation: 1 })),
): EnsembleScores {
  if (members.length < 2)
    throw new RangeError(`ensemble: expected at least two members, received ${members.length}`);
  if (scales.length !== members.length)
    throw new RangeError(
      `ensemble: expected ${members.length} scales, one for each member, received ${scales.length}`,
    );
  const scaled = members.map((scores, member) => {
    const { mean, deviation } = scales[member];
    if (!(deviation > 0 && Number.isFinite(deviation) && Number.isFinite(mean)))
      throw new RangeError(`ensemble: member ${member + 1}: expected a finite mean and a deviation above 0`);
    if (scores.length !== members[0].length) {
      throw new RangeError(
        `ensemble: member ${member + 1}: expected ${members[0].length} scores, as of the first, received ${scores.length}`,
      );
    }
    return scores.map((score, clip) => {
      if (!Number.isFinite(score))
        throw new RangeError(
          `ensemble: member ${member + 1}: score ${clip + 1} is ${score}, not a finite number`,
        );
      return (score - mean) / deviation;
    });
  });
  const clips = members[0].map((_, clip) => scaled.map((scores) => scores[clip]));
  const mean = clips.map((scores) => scores.reduce((sum, score) => sum + score, 0) / scores.length);
  const spread = clips.map((scores, clip) =>
    Math.sqrt(scores.reduce((sum, score) => sum + (score - mean[clip]) ** 2, 0) / (scores.length - 1)),
  );
  return { mean, spread };
}
