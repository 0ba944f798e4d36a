import { expect, it } from 'vitest';
import { simulate } from '../../bench/scale.js';

const plain = {
  items: 1200,
  shards: 12,
  workers: 4,
  itemsPerSecond: 1,
  spread: 0,
  start: 0,
  killsPerHour: 0,
  seed: 1,
};

it('shares shards out to workers that are free', () => {
  expect(simulate(plain)).toEqual({ hours: 300 / 3600, overIdeal: 0, kills: 0 });
  // Thirteen shards are one round more.
  expect(simulate({ ...plain, items: 1300, shards: 13 }).hours).toBeCloseTo(400 / 3600, 12);
  expect(simulate({ ...plain, start: 25 }).overIdeal).toBeCloseTo(0.25, 12);
});

it('loses what a killed worker has begun, the more the longer its shards are', () => {
  const killed = { ...plain, items: 120_000, killsPerHour: 1 };
  const [few, many] = [12, 1200].map((shards) => simulate({ ...killed, shards }));
  expect(few.kills).toBeGreaterThan(10);
  expect(many.overIdeal).toBeLessThan(0.1);
  expect(few.overIdeal).toBeGreaterThan(1);
});
