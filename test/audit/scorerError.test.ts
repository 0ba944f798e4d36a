import { describe, expect, it } from 'vitest';
import { checkSeconds, inTime, ScorerError } from '../../src/audit/scorerError.js';

const never = new Promise<number>(() => {});

describe('inTime', () => {
  it('gives the answer, and what it fails with', async () => {
    expect(await inTime(Promise.resolve(3), 60, 'it')).toBe(3);
    await expect(inTime(Promise.reject(new Error('no')), 60, 'it')).rejects.toThrow('no');
  });

  it('waits so long and no longer', async () => {
    const failure = await inTime(never, 0.01, 'it').catch((error: Error) => error);
    expect(failure).toBeInstanceOf(ScorerError);
    expect(String(failure)).toContain('it has not answered for 0.01 s');
  });

  it('ends with the signal, and leaves no failure behind that nobody handles', async () => {
    const stopped = AbortSignal.abort(new Error('enough'));
    const late = new Promise<never>((_, reject) => setTimeout(() => reject(new Error('late')), 20));
    await expect(inTime(late, 60, 'it', stopped)).rejects.toThrow('enough');
    // Without a handler of its own it would end the test run here.
    await new Promise((resolve) => setTimeout(resolve, 50));
  });
});

describe('checkSeconds', () => {
  it('takes what a timer can hold', () => {
    expect(() => checkSeconds('x', 600)).not.toThrow();
    for (const seconds of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])
      expect(() => checkSeconds('x', seconds)).toThrow('x: expected seconds above 0');
  });
});
