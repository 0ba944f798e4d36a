import { type Tensor2D, type Tensor3D, tf } from '../../engine/tf.js';
import { gatherRows } from './gatherRows.js';

/**
 * Embeddings of a batch of sequences, with the visual tokens in the places of their placeholders, row by row.
 * @param table [vocabulary, H]. @param inputIds [B, N]. @param placeholder id of the placeholder.
 * @param visual [visual tokens of the batch, H]. @returns [B, N, H].
 * @throws when the numbers of placeholders and of visual tokens differ; the official code goes on without the video.
 */
export function visualEmbedding(
  table: Tensor2D,
  inputIds: Tensor2D,
  placeholder: number,
  visual: Tensor2D,
): Tensor3D {
  const [batch, length] = inputIds.shape;
  const ids = inputIds.dataSync();
  const rows = new Int32Array(ids.length);
  let placeholders = 0;
  for (let i = 0; i < ids.length; i++) {
    rows[i] = ids[i] === placeholder ? ids.length + placeholders++ : i;
  }
  if (placeholders !== visual.shape[0]) {
    throw new RangeError(
      `decode: ${placeholders} placeholders in the ids, but ${visual.shape[0]} visual tokens; ` +
        'the prompt and the video do not belong together',
    );
  }
  const words = gatherRows(table, Int32Array.from(ids));
  const spliced = gatherRows(tf.concat([words, visual], 0), rows);
  return tf.reshape(spliced, [batch, length, table.shape[1]]) as Tensor3D;
}
