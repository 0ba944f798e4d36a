import { describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';

const draw = (random: Random, n: number) => Array.from({ length: n }, () => random.uniform());

describe('Random', () => {
  it('repeats itself for the same seed and stream only', () => {
    expect(draw(new Random(1, 2), 5)).toEqual(draw(new Random(1, 2), 5));
    expect(draw(new Random(1, 2), 5)).not.toEqual(draw(new Random(1, 3), 5));
    expect(draw(new Random(1), 5)).not.toEqual(draw(new Random(2), 5));
  });

  it('continues from a saved state', () => {
    const random = new Random(7);
    draw(random, 3);
    const state = JSON.parse(JSON.stringify(random.state()));
    const next = draw(random, 4);
    const other = new Random(0);
    other.restore(state);
    expect(draw(other, 4)).toEqual(next);
  });

  it('has the moments of its distributions', () => {
    const random = new Random(3);
    const normals = Array.from({ length: 20_000 }, () => random.normal());
    const mean = normals.reduce((a, b) => a + b) / normals.length;
    const variance = normals.reduce((a, b) => a + (b - mean) ** 2, 0) / normals.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
    const counts = [0, 0, 0];
    for (let i = 0; i < 9000; i++) counts[random.integer(3)]++;
    for (const count of counts) expect(Math.abs(count - 3000)).toBeLessThan(200);
  });

  it('shuffles without losing anything', () => {
    const values = Array.from({ length: 50 }, (_, i) => i);
    const shuffled = new Random(5).shuffle(values);
    expect(shuffled).not.toEqual(values);
    expect([...shuffled].sort((a, b) => a - b)).toEqual(values);
  });
});
