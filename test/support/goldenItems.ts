import { expect } from 'vitest';
import { tf } from '../../src/engine/tf.js';
import { Fixtures } from '../../src/verify/fixtures.js';
import type { Item } from '../../src/verify/measure.js';
import { goldenPath } from './goldenFolder.js';

/**
 * Expects that what the engine in use computes agrees with a part of the golden fixtures, and leaves no tensor behind.
 * @param tolerance of an item's relative error, times the item's own allowance; or by the item's name.
 * @returns the names of the items, for a test that counts them.
 */
export async function expectAgreement(
  part: (fixtures: Fixtures) => AsyncIterable<Item>,
  tolerance: number | ((name: string) => number),
  folder = goldenPath(),
): Promise<string[]> {
  const before = tf.memory().numTensors;
  const names: string[] = [];
  for await (const { name, error, allowance = 1, reason } of part(new Fixtures(folder))) {
    names.push(name);
    const limit = allowance * (typeof tolerance === 'number' ? tolerance : tolerance(name));
    expect(error, reason ? `${name}: ${reason}` : name).toBeLessThanOrEqual(limit);
  }
  expect(tf.memory().numTensors).toBe(before);
  return names;
}
