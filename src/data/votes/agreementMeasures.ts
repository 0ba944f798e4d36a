/** Votes as items x annotators; null where an annotator has not judged the item. */
export type VoteMatrix = readonly (readonly (boolean | null)[])[];

/** How many have voted on an item, and how many of them Pass. */
export interface ItemCounts {
  votes: number;
  pass: number;
}

/** What the measures need of a set of items with at least two votes each; sums over the items. */
export interface AgreementSums {
  items: number;
  votes: number;
  pass: number;
  /** Pairs of votes on one item, and those that agree. */
  pairs: number;
  agreeingPairs: number;
  /** Share of pairs that agree, per item. */
  agreement: number;
  /** Pairs that disagree, divided by votes - 1 of their item. */
  disagreement: number;
}

/** The votes of each item. */
export function countVotes(matrix: VoteMatrix): ItemCounts[] {
  return matrix.map((item) => ({
    votes: item.filter((vote) => vote !== null).length,
    pass: item.filter((vote) => vote === true).length,
  }));
}

/**
 * Sums over the items; those with fewer than two votes say nothing and are left out.
 * @param times how often each item counts; default once
 */
export function sumAgreement(items: readonly ItemCounts[], times?: readonly number[]): AgreementSums {
  const sums = { items: 0, votes: 0, pass: 0, pairs: 0, agreeingPairs: 0, agreement: 0, disagreement: 0 };
  for (let i = 0; i < items.length; i++) {
    const { votes, pass } = items[i];
    if (votes < 2) continue;
    const n = times ? times[i] : 1;
    const pairs = (votes * (votes - 1)) / 2;
    const disagreeing = pass * (votes - pass);
    sums.items += n;
    sums.votes += n * votes;
    sums.pass += n * pass;
    sums.pairs += n * pairs;
    sums.agreeingPairs += n * (pairs - disagreeing);
    sums.agreement += n * (1 - disagreeing / pairs);
    sums.disagreement += n * (disagreeing / (votes - 1));
  }
  return sums;
}

/**
 * Krippendorff's alpha for nominal data with missing votes: α = 1 - D_o / D_e =
 * 1 - (n - 1) Σ_i d_i / (n_pass n_fail), with d_i = pass_i fail_i / (votes_i - 1) over the items of two or more votes,
 * n the number of their votes. NaN where all votes are the same. Source: Krippendorff 2011, "Computing Krippendorff's
 * Alpha-Reliability".
 */
export function alphaOf({ votes, pass, disagreement }: AgreementSums): number {
  return 1 - ((votes - 1) * disagreement) / (pass * (votes - pass));
}

/**
 * Fleiss' kappa: κ = (P̄ - P_e) / (1 - P_e), P̄ the mean over items of the share of agreeing pairs, P_e = p² + (1 - p)²
 * with p the share of Pass among all votes. Items may have different numbers of votes, and each counts the same. NaN
 * where all votes are the same. Source: Fleiss 1971.
 */
export function kappaOf({ items, votes, pass, agreement }: AgreementSums): number {
  const p = pass / votes;
  const byChance = p * p + (1 - p) * (1 - p);
  return (agreement / items - byChance) / (1 - byChance);
}

/** Share of the pairs of votes on one item that agree. */
export function rawAgreementOf({ agreeingPairs, pairs }: AgreementSums): number {
  return agreeingPairs / pairs;
}

/** Krippendorff's alpha of a matrix, as `alphaOf`. */
export function krippendorffAlpha(matrix: VoteMatrix): number {
  return alphaOf(sumAgreement(countVotes(matrix)));
}

/** Fleiss' kappa of a matrix, as `kappaOf`, over the items of two or more votes. */
export function fleissKappa(matrix: VoteMatrix): number {
  return kappaOf(sumAgreement(countVotes(matrix)));
}

/** Fleiss' kappa as first defined: over the items that every annotator has judged. */
export function completeFleissKappa(matrix: VoteMatrix): number {
  return fleissKappa(matrix.filter((item) => item.every((vote) => vote !== null)));
}

/** Share of all pairs of votes on one item that agree: an item of more votes counts more. */
export function rawAgreement(matrix: VoteMatrix): number {
  return rawAgreementOf(sumAgreement(countVotes(matrix)));
}

/** Mean over items of the share of pairs that agree: every item counts the same. */
export function meanItemAgreement(matrix: VoteMatrix): number {
  const { agreement, items } = sumAgreement(countVotes(matrix));
  return agreement / items;
}

/** How two annotators agree on the items that both have judged. */
export interface PairAgreement {
  items: number;
  /** Share of the items on which they agree. */
  agreement: number;
  /** Cohen's kappa. */
  kappa: number;
}

/**
 * Agreement of two annotators (columns of the matrix), with Cohen's κ = (p_o - p_e) / (1 - p_e), p_e from each
 * annotator's own share of Pass. NaN where both give the same answer throughout. Source: Cohen 1960.
 */
export function pairAgreement(matrix: VoteMatrix, first: number, second: number): PairAgreement {
  const both = matrix.map((item) => [item[first], item[second]]).filter(([a, b]) => a !== null && b !== null);
  const share = (test: (votes: (boolean | null)[]) => boolean) => both.filter(test).length / both.length;
  const agreement = share(([a, b]) => a === b);
  const a = share(([vote]) => vote === true);
  const b = share(([, vote]) => vote === true);
  const byChance = a * b + (1 - a) * (1 - b);
  return { items: both.length, agreement, kappa: (agreement - byChance) / (1 - byChance) };
}
