import type { PairKind } from './pair.js';

/** Shares of the ties among the pairs; the rest is win-lose. */
export interface Shares {
  winTie: number;
  loseTie: number;
}

/** A pair's kind, and how many pairs of that kind come before it. */
export interface Turn {
  kind: PairKind;
  rank: number;
}

/** Shares are kept in parts of 10,000: whole numbers do not drift, however long the stream. */
const WHOLE = 10_000;

/** @throws RangeError when a share is not in [0, 1] or the shares of ties add up to more than 1. */
export function checkShares(operation: string, { winTie, loseTie }: Shares): void {
  if (!(winTie >= 0 && loseTie >= 0 && winTie + loseTie <= 1)) {
    throw new RangeError(
      `${operation}: expected shares of ties in [0, 1] that add up to at most 1, ` +
        `received winTie ${winTie} and loseTie ${loseTie}`,
    );
  }
}

/**
 * The kind of the pair at a place. Kinds take turns so evenly that the first n pairs of a stream, for any n, have each
 * share up to one pair.
 */
export function turnAt(place: number, { winTie, loseTie }: Shares): Turn {
  const ties = winTie + loseTie;
  const tiesBefore = countBefore(place, ties);
  if (countBefore(place + 1, ties) === tiesBefore) return { kind: 'win-lose', rank: place - tiesBefore };
  // It is a tie; among the ties the lose-ties take turns in the same way.
  const loseTiesBefore = countBefore(tiesBefore, loseTie / ties);
  if (countBefore(tiesBefore + 1, loseTie / ties) === loseTiesBefore) {
    return { kind: 'win-tie', rank: tiesBefore - loseTiesBefore };
  }
  return { kind: 'lose-tie', rank: loseTiesBefore };
}

/** How many of the first `count` turns belong to a kind with this share. */
function countBefore(count: number, share: number): number {
  return Math.floor((count * Math.round(share * WHOLE)) / WHOLE);
}
