import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/base/random.js';
import { hashBytes } from '../../../src/data/video/perceptualHash.js';
import { similarHashes } from '../../../src/data/video/similarHashes.js';

const frames = 4;
const random = new Random(1);
const madeUp = () => Uint8Array.from({ length: frames * hashBytes }, () => random.integer(256));

/** The hash with so many bits changed, and its colours as they are. */
function changed(hash: Uint8Array, bits: number): Uint8Array {
  const copy = hash.slice();
  const places = new Set<number>();
  while (places.size < bits) places.add(random.integer(frames * 64));
  for (const place of places)
    copy[Math.floor(place / 64) * hashBytes + ((place % 64) >> 3)] ^= 1 << (place & 7);
  return copy;
}

describe('similarHashes', () => {
  it('finds the similar among 20,000, and no others', () => {
    const hashes: Uint8Array[] = Array.from({ length: 20_000 }, madeUp);
    for (let i = 0; i < 100; i++) hashes[100 + i] = changed(hashes[i], i % 26);
    for (let i = 0; i < 100; i++) hashes[300 + i] = changed(hashes[i + 200], 40);
    const groups = similarHashes(hashes, 0.1);
    expect(groups.map(({ clips }) => clips)).toEqual(Array.from({ length: 100 }, (_, i) => [i, 100 + i]));
    expect(groups.map(({ distances }) => distances[1])).toEqual(
      Array.from({ length: 100 }, (_, i) => (i % 26) / 256),
    );
  });

  it('compares clips that have nearly all in common once', () => {
    const one = madeUp();
    const hashes = Array.from({ length: 3000 }, () => changed(one, 40));
    hashes[2999] = changed(hashes[7], 3);
    expect(similarHashes(hashes, 0.02).map(({ clips }) => clips)).toEqual([[7, 2999]]);
    // All of them are equal, or within the distance of one.
    expect(
      similarHashes(
        Array.from({ length: 3000 }, () => one),
        0,
      )[0].clips,
    ).toHaveLength(3000);
    expect(similarHashes([...hashes, one], 0.25)[0].clips).toHaveLength(3001);
  });

  it('joins chains, and keeps pictures of other colours apart', () => {
    const first = madeUp();
    const second = changed(first, 20);
    const third = changed(second, 20);
    const [group] = similarHashes([third, madeUp(), first, second], 0.1);
    expect(group.clips).toEqual([0, 2, 3]);
    expect(group.distances[0]).toBe(0);
    const red = first.slice();
    red[8] = (red[8] + 128) % 256;
    expect(similarHashes([first, red], 0.1)).toEqual([]);
  });

  it('is empty for no clip and for one', () => {
    expect(similarHashes([], 0.1)).toEqual([]);
    expect(similarHashes([madeUp()], 0.1)).toEqual([]);
  });
});
