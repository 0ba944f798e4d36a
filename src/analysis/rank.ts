/** Indices of scores in ascending order of score. */
export function ascending(scores: readonly number[]): number[] {
  return scores.map((_, index) => index).sort((a, b) => scores[a] - scores[b]);
}

/**
 * How many of all (Pass, Fail) pairs have the Pass score above the Fail score (`wins`), and how many equal (`ties`):
 * the two parts of the Mann-Whitney statistic, in O(n log n).
 */
export function comparePairs(
  scores: readonly number[],
  labels: readonly boolean[],
): { wins: number; ties: number; pairs: number } {
  const order = ascending(scores);
  let wins = 0;
  let ties = 0;
  let passes = 0;
  let fails = 0;
  for (let start = 0; start < order.length; ) {
    let passesHere = 0;
    let end = start;
    for (; end < order.length && scores[order[end]] === scores[order[start]]; end++)
      if (labels[order[end]]) passesHere++;
    const failsHere = end - start - passesHere;
    wins += passesHere * fails;
    ties += passesHere * failsHere;
    passes += passesHere;
    fails += failsHere;
    start = end;
  }
  return { wins, ties, pairs: passes * fails };
}
