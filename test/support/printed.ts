import { afterEach, beforeEach, vi } from 'vitest';

/** What the console was given in the test that runs, instead of showing it. */
export const printed: string[] = [];
export const complained: string[] = [];

/** Keeps the console quiet in the tests of a file. */
export function capturePrinted(): void {
  beforeEach(() => {
    printed.length = 0;
    complained.length = 0;
    vi.spyOn(console, 'log').mockImplementation((...words) => void printed.push(words.join(' ')));
    vi.spyOn(console, 'error').mockImplementation((...words) => void complained.push(words.join(' ')));
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
}
