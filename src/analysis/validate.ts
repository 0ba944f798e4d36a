import { passCount } from './rank.js';

/** @throws {RangeError} when there is no score, or one is not a finite number */
export function checkScores(operation: string, scores: readonly number[], name = 'scores'): void {
  if (scores.length === 0)
    throw new RangeError(`${operation}: ${name}: expected at least one, received none`);
  for (let i = 0; i < scores.length; i++) {
    if (!Number.isFinite(scores[i]))
      throw new RangeError(`${operation}: ${name}[${i}]: expected a finite number, received ${scores[i]}`);
  }
}

/** @throws {RangeError} when two lists are not of one length */
export function checkLengths(operation: string, what: string, expected: number, received: number): void {
  if (expected !== received)
    throw new RangeError(
      `${operation}: expected ${expected} ${what}, one for each score, received ${received}`,
    );
}

/** @throws {RangeError} for bad scores, another number of labels, or labels of one kind only */
export function checkLabelled(
  operation: string,
  scores: readonly number[],
  labels: readonly boolean[],
): void {
  checkScores(operation, scores);
  checkLengths(operation, 'labels', scores.length, labels.length);
  const passes = passCount(labels);
  if (passes === 0 || passes === labels.length) {
    const missing = passes === 0 ? 'Pass' : 'Fail';
    throw new RangeError(
      `${operation}: expected Pass and Fail labels, received no ${missing} of ${labels.length}`,
    );
  }
}

/** @throws {RangeError} for no pair, or not as many rejected as chosen ones */
export function checkPairs(operation: string, chosen: readonly number[], rejected: readonly number[]): void {
  if (chosen.length === 0) throw new RangeError(`${operation}: chosen: expected at least one, received none`);
  checkLengths(operation, 'rejected scores', chosen.length, rejected.length);
}

/** @throws {RangeError} for fewer than two values, or lists of different lengths */
export function checkSeries(operation: string, x: readonly number[], y: readonly number[]): void {
  checkLengths(operation, 'values of y', x.length, y.length);
  if (x.length < 2)
    throw new RangeError(`${operation}: expected at least two values, received ${x.length || 'none'}`);
}
