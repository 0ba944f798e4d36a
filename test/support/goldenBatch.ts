import { tf } from '../../src/engine/tf.js';
import type { Batch } from '../../src/model/input/batch.js';
import { tensorsOf } from './goldenClips.js';
import { goldenPath } from './goldenFolder.js';

type Shape4D = [number, number, number, number];

/** The inputs of the golden forward pass of internvl3-tiny, without their padding tile. */
export function goldenBatch(): Batch {
  const {
    'input.input_ids': ids,
    'input.attention_mask': mask,
    'input.pixel_values': pixels,
  } = tensorsOf(goldenPath('checkpoints', 'internvl3-tiny', 'io.safetensors'));
  const integers = ({ data }: typeof ids) =>
    new Int32Array(data.buffer, data.byteOffset, data.byteLength / 4);
  return {
    inputIds: tf.tensor2d(integers(ids), ids.shape as [number, number], 'int32'),
    attentionMask: tf.tensor2d(Float32Array.from(integers(mask)), mask.shape as [number, number]),
    pixelValues: tf.tidy(() => {
      const all = tf.tensor4d(pixels.data as Float32Array, pixels.shape as Shape4D);
      return tf.slice(all, [0, 0, 0, 0], [5, 3, 56, 56]);
    }),
  };
}
