import { expect, it } from 'vitest';

const { resultLines } = await import(new URL('../../scripts/results.mjs', import.meta.url).href);

it('prints a summary as an aligned table with units and intervals', () => {
  const summary = {
    engine: 'native',
    seed: 1,
    accuracy: { value: 0.91234, low: 0.88, high: 0.94 },
    setupSeconds: 54.9,
    peakMemoryBytes: 3 * 2 ** 29,
    loss: { first: 0.7, curve: [1, 2] },
  };
  expect(resultLines(summary)).toEqual([
    'engine      native',
    'seed        1',
    'accuracy    0.912 (95% interval 0.880 to 0.940)',
    'setup       54.9 s',
    'peakMemory  1.50 GiB',
    'loss.first  0.7',
    'loss.curve  [1,2]',
  ]);
});
