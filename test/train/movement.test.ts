import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { hasMoved } from '../../src/train/movement.js';

const noisy = (change: number, noise: number, steps = 20) => {
  const random = new Random(1);
  return Array.from(
    { length: steps },
    (_, i) => 3 + (change * i) / (steps - 1) + noise * (random.uniform() - 0.5),
  );
};

describe('hasMoved', () => {
  it('sees a loss that goes down, noise or not', () => {
    expect(hasMoved(noisy(-0.3, 0.1))).toBe(true);
    expect(hasMoved(noisy(-0.1, 0))).toBe(true);
    expect(hasMoved(noisy(0.3, 0.1))).toBe(true);
  });

  it('sees that one stands still: 0.0002 over 20 steps, or noise alone', () => {
    expect(hasMoved(noisy(-0.0002, 0))).toBe(false);
    expect(hasMoved(noisy(-0.0002, 0.05))).toBe(false);
    expect(hasMoved(noisy(0, 0.3, 60))).toBe(false);
    expect(hasMoved(new Array(20).fill(0.7))).toBe(false);
  });

  it('says nothing of a few steps', () => {
    expect(hasMoved(new Array(11).fill(0.7))).toBe(true);
  });
});
