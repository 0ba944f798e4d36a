import { hashBits, hashBytes } from './perceptualHash.js';

/** Mean colours of two pictures that look alike are at most so far apart, in grey levels. */
const nearColour = 24;

/**
 * Groups of clips that look alike: whoever is within a distance of one of a group belongs to it. Hashes that are within d bits of
 * each other have one of d + 1 parts in common, so only those are compared; equal ones are one.
 * @param hashes of each clip: those of its frames, one after the other
 * @param distance share of the bits that may differ, 0 to 1
 * @returns places of the clips of each group of two and more, in the order of the clips, and of each clip the share of bits in
 *   which it differs from the first of its group
 */
export function similarHashes(
  hashes: readonly Uint8Array[],
  distance: number,
): { clips: number[]; distances: number[] }[] {
  const same = new Map<string, number[]>();
  hashes.forEach((hash, clip) => {
    const key = Buffer.from(hash).toString('latin1');
    const found = same.get(key);
    if (found) found.push(clip);
    else same.set(key, [clip]);
  });
  const clips = [...same.values()];
  const pictures = clips.map(([first]) => pictureOf(hashes[first]));
  const groups = new Groups(clips.length);
  const bits = clips.length === 0 ? 0 : 32 * pictures[0].words.length;
  const most = Math.floor(distance * bits);
  const buckets = partsOf(bits, most + 1).flatMap((part) => bucketsOf(pictures, part));
  const pairs = (count: number) => (count * (count - 1)) / 2;
  const compared = buckets.reduce((sum, { length }) => sum + pairs(length), 0);
  // Where most clips have parts in common, such as one background, all are compared, once.
  const whole = compared > pairs(pictures.length);
  for (const bucket of whole ? [pictures.map((_, place) => place)] : buckets)
    join(bucket, pictures, most, groups);
  return groups.all().flatMap((places) => {
    const found = places.flatMap((place) => clips[place]).sort((a, b) => a - b);
    if (found.length < 2) return [];
    const first = pictureOf(hashes[found[0]]).words;
    return [
      {
        clips: found,
        distances: found.map((clip) => differingBits(first, pictureOf(hashes[clip]).words) / bits),
      },
    ];
  });
}

/** What the hashes of a clip's frames say of it. */
interface Picture {
  /** The bits of all frames. */
  words: Uint32Array;
  /** The mean colours of all frames. */
  colours: Uint8Array;
}

function pictureOf(hash: Uint8Array): Picture {
  const frames = hash.length / hashBytes;
  const [bits, colours] = [hashBits / 8, hashBytes - hashBits / 8];
  const packed = new Uint8Array(frames * bits);
  const means = new Uint8Array(frames * colours);
  for (let frame = 0; frame < frames; frame++) {
    const start = frame * hashBytes;
    packed.set(hash.subarray(start, start + bits), frame * bits);
    means.set(hash.subarray(start + bits, start + hashBytes), frame * colours);
  }
  return { words: new Uint32Array(packed.buffer), colours: means };
}

/** The places of those that have a part in common. */
function bucketsOf(pictures: readonly Picture[], part: Part): number[][] {
  const buckets = new Map<number, number[]>();
  pictures.forEach(({ words }, place) => {
    const key = bitsOf(words, part);
    const found = buckets.get(key);
    if (found) found.push(place);
    else buckets.set(key, [place]);
  });
  return [...buckets.values()].filter(({ length }) => length > 1);
}

/** Joins those of a bucket that look alike; two that are in one group already are not compared. */
function join(bucket: readonly number[], pictures: readonly Picture[], most: number, groups: Groups): void {
  for (let i = 1; i < bucket.length; i++) {
    for (let j = 0; j < i; j++) {
      if (groups.of(bucket[i]) === groups.of(bucket[j])) continue;
      const [a, b] = [pictures[bucket[i]], pictures[bucket[j]]];
      if (differingBits(a.words, b.words, most) <= most && areNear(a.colours, b.colours))
        groups.join(bucket[i], bucket[j]);
    }
  }
}

const areNear = (a: Uint8Array, b: Uint8Array): boolean =>
  a.every((value, i) => Math.abs(value - b[i]) <= nearColour);

/** How many bits differ; where it is more than `most`, some number above that. */
function differingBits(a: Uint32Array, b: Uint32Array, most = Number.POSITIVE_INFINITY): number {
  let count = 0;
  for (let i = 0; i < a.length && count <= most; i++) {
    let word = a[i] ^ b[i];
    word -= (word >>> 1) & 0x55555555;
    word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
    count += (((word + (word >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
  }
  return count;
}

/** Bits from one place to another. */
interface Part {
  from: number;
  to: number;
}

/** Parts of about equal length, of at most 32 bits, at least so many. */
function partsOf(bits: number, count: number): Part[] {
  const parts = Math.min(bits, Math.max(count, Math.ceil(bits / 32)));
  return Array.from({ length: parts }, (_, i) => ({
    from: Math.floor((i * bits) / parts),
    to: Math.floor(((i + 1) * bits) / parts),
  }));
}

function bitsOf(words: Uint32Array, { from, to }: Part): number {
  let value = 0;
  for (let bit = from; bit < to; bit++) value = value * 2 + ((words[bit >> 5] >>> (bit & 31)) & 1);
  return value;
}

/** Disjoint groups that are joined. */
class Groups {
  readonly #parents: Uint32Array;

  constructor(count: number) {
    this.#parents = Uint32Array.from({ length: count }, (_, i) => i);
  }

  of(member: number): number {
    const parents = this.#parents;
    let found = member;
    while (parents[found] !== found) {
      parents[found] = parents[parents[found]];
      found = parents[found];
    }
    return found;
  }

  join(a: number, b: number): void {
    const [first, second] = [this.of(a), this.of(b)].sort((x, y) => x - y);
    this.#parents[second] = first;
  }

  all(): number[][] {
    const members = new Map<number, number[]>();
    this.#parents.forEach((_, member) => {
      const group = this.of(member);
      const found = members.get(group);
      if (found) found.push(member);
      else members.set(group, [member]);
    });
    return [...members.values()];
  }
}
