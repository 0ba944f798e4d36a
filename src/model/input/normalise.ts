import { type Tensor, type Tensor2D, type Tensor4D, tf } from '../../engine/tf.js';

/** Mean and standard deviation of the colours of ImageNet, which InternViT was trained with. */
const imageNet = { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] };
/** Those that CLIP was trained with, and Qwen's vision transformers. */
const clip = {
  mean: [0.48145466, 0.4578275, 0.40821073],
  deviation: [0.26862954, 0.26130258, 0.27577711],
};

/** Bytes of tiles [n, S, S, 3] to normalised planes [n, 3, S, S]: (x / 255 - mean) / deviation by channel. */
export function normalisedTiles(bytes: Tensor): Tensor4D {
  return tf.tidy(() => {
    const ofChannels = (values: number[]) => tf.tensor1d(values);
    const pixels = normalise(bytes, ofChannels(imageNet.mean), ofChannels(imageNet.deviation));
    return tf.transpose(pixels, [0, 3, 1, 2]) as Tensor4D;
  });
}

/** Bytes of patches [patches, 3 · n], channel by channel, to normalised values of the same shape. */
export function normalisedPatches(bytes: Tensor): Tensor2D {
  return tf.tidy(() => {
    const each = bytes.shape[1] as number;
    const ofColumns = (values: number[]) =>
      tf.tensor1d(
        Float32Array.from({ length: each }, (_, column) => values[Math.floor((3 * column) / each)]),
      );
    return normalise(bytes, ofColumns(clip.mean), ofColumns(clip.deviation)) as Tensor2D;
  });
}

/** Each step is rounded to float32, as the official processors do. */
function normalise(bytes: Tensor, mean: Tensor, deviation: Tensor): Tensor {
  return tf.div(tf.sub(tf.div(tf.cast(bytes, 'float32'), 255), mean), deviation);
}
