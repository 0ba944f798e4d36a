import { valuesAtHand } from '../../engine/recording.js';
import { type Tensor, type Tensor1D, type Tensor2D, type Tensor3D, tf } from '../../engine/tf.js';
import { gatherRows } from './gatherRows.js';

/**
 * Embeddings of a batch of sequences, with the visual tokens in the places of their placeholders, row by row.
 * @param table [vocabulary, H]. @param inputIds [B, N]. @param placeholder id of the placeholder.
 * @param visual [visual tokens of the batch, H]. @returns [B, N, H].
 * @throws when the numbers of placeholders and of visual tokens differ, where the ids are at hand; the official code goes
 *   on without the video.
 */
export function visualEmbedding(
  table: Tensor2D,
  inputIds: Tensor2D,
  placeholder: number,
  visual: Tensor2D,
): Tensor3D {
  const [batch, length] = inputIds.shape;
  checkPlaceholders(inputIds, placeholder, visual.shape[0]);
  const ids = tf.reshape(inputIds, [-1]) as Tensor1D;
  const isPlaceholder = tf.equal(ids, tf.scalar(placeholder, 'int32'));
  // The k-th placeholder takes row k of the visual tokens, which follow the words.
  const placeholders = tf.cumsum(tf.cast(isPlaceholder, 'int32') as Tensor);
  const visualRows = tf.add(placeholders, tf.scalar(batch * length - 1, 'int32'));
  const rows = tf.where(isPlaceholder, visualRows, tf.range(0, batch * length, 1, 'int32')) as Tensor1D;
  const words = gatherRows(table, ids);
  const spliced = gatherRows(tf.concat([words, visual], 0), rows);
  return tf.reshape(spliced, [batch, length, table.shape[1]]) as Tensor3D;
}

function checkPlaceholders(inputIds: Tensor2D, placeholder: number, expected: number): void {
  const ids = valuesAtHand(inputIds);
  if (!ids) return;
  let placeholders = 0;
  for (const id of ids) if (id === placeholder) placeholders++;
  if (placeholders !== expected) {
    throw new RangeError(
      `decode: ${placeholders} placeholders in the ids, but ${expected} visual tokens; ` +
        'the prompt and the video do not belong together',
    );
  }
}
