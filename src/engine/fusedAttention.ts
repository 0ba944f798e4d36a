import { dtypes, nativeBackend } from './binding.js';
import { Compiled, compiler } from './compile.js';
import { precision } from './precision.js';
import { customCall, isRecording } from './recording.js';
import { relativeError } from './relativeError.js';
import { type Tensor, type Tensor4D, tf } from './tf.js';

/** Largest error, relative to the largest value, at which the kernel is taken: bfloat16 has 8 bits of mantissa. */
const TOLERANCE = 0.05;

/** What came of trying the kernel. */
let tried: { error?: number; reason?: string } | undefined;

/** Whether compiled functions compute attention by cuDNN's kernel. */
export const hasFusedAttention = (): boolean =>
  tried !== undefined && !tried.reason && compiler() === 'xla' && precision() === 'bfloat16';

/**
 * Whether attention of these queries and keys [B, heads, N, d] is computed by cuDNN's kernel: in a function that XLA
 * compiles on a GPU, with products in bfloat16. Where the scores are smaller than what they are made of, it brings nothing.
 */
export function fusesAttention(query: Tensor4D, key: Tensor4D): boolean {
  if (!hasFusedAttention() || !isRecording()) return false;
  const [batch, heads, queries, size] = query.shape;
  const scores = batch * heads * queries * key.shape[2];
  return size % 8 === 0 && size <= 128 && scores > query.size + 2 * key.size;
}

/**
 * softmax(q kᵀ / √d) v by one kernel of cuDNN, which keeps no scores: factors in bfloat16, softmax and sums in float32.
 * Source: Dao et al. 2022 (FlashAttention); the names and the configuration are those of XLA.
 * @param query [B, heads, M, d]. @param key [B, groups, N, d], of which each serves heads / groups heads. @param value like the keys.
 * @param causal whether a query sees no later key. @returns [B, heads, M, d].
 */
export function fusedAttention(query: Tensor4D, key: Tensor4D, value: Tensor4D, causal: boolean): Tensor4D {
  const [batch, heads, queries, size] = query.shape;
  const configuration = (products: object) => ({
    operation_queue_id: '0',
    cudnn_fmha_backend_config: {
      algorithm: {
        algo_id: '0',
        math_type: 'TENSOR_OP_MATH',
        tuning_knobs: { 17: '1', 24: '0' },
        is_cudnn_frontend: true,
        workspace_size: '0',
      },
      fmha_scale: 1 / Math.sqrt(size),
      intermediate_tensor_shape: {
        element_type: 'BF16',
        dimensions: [batch, heads, queries, key.shape[2]].map(String),
        tuple_shapes: [],
        layout: { minor_to_major: ['3', '2', '1', '0'] },
        is_dynamic_dimension: [false, false, false, false],
      },
      is_flash_attention: true,
      mask_type: causal ? 'CAUSAL' : 'NO_MASK',
      ...products,
    },
  });
  const half = (tensor: Tensor) => ({ tensor, dtype: dtypes.bfloat16 });
  const like = ({ shape }: Tensor) => ({ shape, dtype: dtypes.bfloat16 });
  const op = tf.customGrad((...args: unknown[]) => {
    const [q, k, v] = args as Tensor[];
    const save = args[3] as (tensors: Tensor[]) => void;
    const [mixed, normalisers] = customCall(
      '__cudnn$fmhaSoftmax',
      configuration(forwardProducts),
      [q, k, v].map(half),
      [like(q), { shape: [batch, heads, queries], dtype: dtypes.float32 }, workspace],
    );
    save([q, k, v, normalisers, mixed]);
    const gradFunc = (dy: Tensor, [q, k, v, normalisers, mixed]: Tensor[]) =>
      customCall(
        '__cudnn$fmhaSoftmaxBackward',
        configuration(backwardProducts),
        [half(q), half(k), half(v), { tensor: normalisers, dtype: dtypes.float32 }, half(dy), half(mixed)],
        [like(q), like(k), like(v), workspace],
      ).slice(0, 3);
    return { value: mixed, gradFunc };
  });
  return op(query, key, value) as Tensor4D;
}

/**
 * Tries the kernel and its gradient on the GPU against plain operations, once in a process: a card before Ampere, or an
 * incomplete cuDNN, has none, and attention is plain then.
 * @returns the largest error relative to the largest value, or why it is not taken; undefined where it is of no use.
 */
export async function tryFusedAttention(): Promise<{ error?: number; reason?: string } | undefined> {
  if (compiler() !== 'xla' || !nativeBackend()?.isUsingGpuDevice || precision() !== 'bfloat16') return;
  tried ??= await attempt();
  return tried;
}

async function attempt(): Promise<{ error?: number; reason?: string }> {
  // Two heads of a group, and a length that is no multiple of anything.
  const shapes = { q: [1, 4, 201, 64], k: [1, 2, 201, 64] } as const;
  const wave = (shape: readonly number[], step: number) => {
    const size = shape.reduce((product, n) => product * n, 1);
    return tf.tidy(() => tf.reshape(tf.sin(tf.mul(tf.range(0, size, 1, 'float32'), step)), [...shape]));
  };
  const inputs = [wave(shapes.q, 1.7), wave(shapes.k, 2.3), wave(shapes.k, 0.9), wave(shapes.q, 3.1)];
  const withGradients = (attention: (q: Tensor, k: Tensor, v: Tensor) => Tensor) =>
    new Compiled(
      ([q, k, v, dy]) => {
        const { value, grads } = tf.valueAndGrads((...args: Tensor[]) => {
          const [q, k, v] = args;
          return attention(q, k, v);
        })([q, k, v], dy);
        return [value, ...grads];
      },
      () => [],
    );
  const [fused, plain] = [
    withGradients((q, k, v) => fusedAttention(q as Tensor4D, k as Tensor4D, v as Tensor4D, true)),
    withGradients(plainCausal),
  ];
  try {
    const found = await fused.call(inputs);
    const expected = await plain.call(inputs);
    let error = 0;
    for (const [i, tensor] of found.entries())
      error = Math.max(error, relativeError(await tensor.data(), await expected[i].data()));
    tf.dispose([...found, ...expected]);
    return error <= TOLERANCE
      ? { error }
      : { error, reason: `cuDNN's attention is off by ${error.toPrecision(2)}` };
  } catch (error) {
    return { reason: (error as Error).message };
  } finally {
    for (const compiled of [fused, plain]) compiled.dispose();
    tf.dispose(inputs);
  }
}

/** The same as `fusedAttention`, with the keys and values of a group once for each of its heads. */
function plainCausal(q: Tensor, k: Tensor, v: Tensor): Tensor {
  const [, heads, length, size] = q.shape;
  const [, groups = 1] = k.shape;
  const repeated = (x: Tensor) =>
    tf.reshape(tf.mul(tf.expandDims(x, 2), tf.ones([1, 1, heads / groups, 1, 1])), [
      x.shape[0],
      heads,
      length,
      size,
    ]);
  const places = tf.range(0, length, 1, 'float32');
  const later = tf.less(tf.reshape(places, [length, 1]), tf.reshape(places, [1, length]));
  const scores = tf.mul(tf.matMul(q, repeated(k), false, true), 1 / Math.sqrt(size));
  return tf.matMul(tf.softmax(tf.add(scores, tf.mul(tf.cast(later, 'float32'), -1e9))), repeated(v));
}

/** What the kernel writes its own values to; XLA makes it as large as cuDNN asks for. */
const workspace = { shape: [0], dtype: dtypes.uint8 };

/** Axes of a product: summed, and of the batch, of its left and its right factor. */
const product = (lhs: number, rhs: number) => ({
  lhs_contracting_dimensions: [String(lhs)],
  rhs_contracting_dimensions: [String(rhs)],
  lhs_batch_dimensions: ['0', '1'],
  rhs_batch_dimensions: ['0', '1'],
});
/** S = q kᵀ, o = P v. */
const forwardProducts = {
  bmm1_dot_dimension_numbers: product(3, 3),
  bmm2_dot_dimension_numbers: product(3, 2),
};
/** dk = dSᵀ q, dq = dS k, dv = Pᵀ do, dP = do vᵀ. */
const backwardProducts = {
  bmm1_grad_gemm1_dot_dimension_numbers: product(2, 2),
  bmm1_grad_gemm2_dot_dimension_numbers: product(3, 2),
  bmm2_grad_gemm1_dot_dimension_numbers: product(2, 2),
  bmm2_grad_gemm2_dot_dimension_numbers: product(3, 3),
};
