import { roundHalfToEven } from '../../base/roundHalfToEven.js';

/**
 * Indices of the frames that stand for a clip: the middles of equal segments, `segments` of them in display
 * order; a clip shorter than that repeats frames.
 *
 *   index_i = trunc(s / 2 + round(s i)),  s = (frameCount - 1) / segments,  i = 0 .. segments - 1
 *
 * with halves rounded to even. Source: official implementation, InternVL video loader.
 * @throws RangeError unless both counts are positive integers.
 */
export function sampleFrames(frameCount: number, segments: number): number[] {
  for (const [name, count] of Object.entries({ frameCount, segments })) {
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new RangeError(`sampleFrames: expected ${name} to be a positive integer, received ${count}`);
    }
  }
  const segment = (frameCount - 1) / segments;
  return Array.from({ length: segments }, (_, i) => Math.trunc(segment / 2 + roundHalfToEven(segment * i)));
}
