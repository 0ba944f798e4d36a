/** What two threads share of a request that either may answer: its number becomes 1 when one takes it. */
export type Claim = Int32Array;

/** Takes the request, if the other thread has not. */
export const claim = (open: Claim): boolean => Atomics.exchange(open, 0, 1) === 0;
