import type { Attention } from './messages.js';

/**
 * Refuses attention that cannot be shown over a clip.
 * @param frames how many frames the clip has
 * @throws {RangeError} that names the clip and the first part that is wrong
 */
export function checkAttention(clip: string, { frames: weights, at, maps }: Attention, frames: number): void {
  const refuse = (expected: string, received: unknown) => {
    throw new RangeError(`player: attention of "${clip}": expected ${expected}, received ${received}`);
  };
  const refuseWeights = (part: string, values: readonly number[]) => {
    const wrong = values.find((value) => !(Number.isFinite(value) && value >= 0));
    if (wrong !== undefined) refuse(`${part} to be finite and at least 0`, wrong);
  };
  if (weights.length === 0) refuse('a weight for each sampled frame', 'none');
  refuseWeights('the weights of the frames', weights);
  if (at && at.length !== weights.length) {
    refuse(`an index for each of ${weights.length} weights`, `${at.length} indices`);
  }
  at?.forEach((index, i) => {
    if (!Number.isInteger(index) || index < 0 || index >= frames || index < (at[i - 1] ?? 0)) {
      refuse(`ascending indices of ${frames} frames`, index);
    }
  });
  if (maps && maps.length !== weights.length) {
    refuse(`a map for each of ${weights.length} frames`, `${maps.length} maps`);
  }
  for (const rows of maps ?? []) {
    const columns = rows[0]?.length ?? 0;
    if (columns === 0) refuse('maps with rows and columns', `${rows.length} rows of ${columns}`);
    for (const row of rows) {
      if (row.length !== columns) refuse(`rows of ${columns} places`, `a row of ${row.length}`);
      refuseWeights('the weights of the places', row);
    }
  }
}
