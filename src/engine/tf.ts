import { createRequire } from 'node:module';

// tfjs-node is CommonJS: everything of @tensorflow is loaded through this one require, so that there is
// one tfjs-core, one tape and one list of backends in the process.
const require = createRequire(import.meta.url);

/**
 * The one TensorFlow.js that the whole project computes with.
 * @internal: who imports the published types, for instance a cell, need not load all of TensorFlow.js's.
 */
export const tf: typeof import('@tensorflow/tfjs-core') = require('@tensorflow/tfjs');

// Without this, the plain JavaScript engine prints an advertisement for tfjs-node.
tf.enableProdMode();

/** Loads a backend package into the one TensorFlow.js. */
export function loadBackend(name: string): unknown {
  return require(name);
}

export type {
  Scalar,
  Tensor,
  Tensor1D,
  Tensor2D,
  Tensor3D,
  Tensor4D,
  Tensor5D,
  Variable,
} from '@tensorflow/tfjs-core/dist/tensor.js';
export type { NamedTensorMap } from '@tensorflow/tfjs-core/dist/tensor_types.js';
export type { Rank } from '@tensorflow/tfjs-core/dist/types.js';
