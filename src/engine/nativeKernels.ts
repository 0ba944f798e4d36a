import { dtypes, type NativeBackend } from './binding.js';
import { type Tensor, tf } from './tf.js';

interface GatherArguments {
  inputs: { x: Tensor; indices: Tensor };
  attrs: { axis: number; batchDims: number };
  backend: NativeBackend;
}

/**
 * Replaces the kernel of tfjs-node that reads its indices on the host: while a function is recorded there are none, and
 * on a GPU it would wait for them.
 */
export function replaceKernels(): void {
  tf.unregisterKernel('GatherV2', 'tensorflow');
  tf.registerKernel({ kernelName: 'GatherV2', backendName: 'tensorflow', kernelFunc: gather as never });
}

function gather({ inputs: { x, indices }, attrs: { axis, batchDims }, backend }: GatherArguments): Tensor {
  const { TF_ATTR_TYPE, TF_ATTR_INT } = backend.binding;
  const place = tf.scalar(axis, 'int32');
  const attributes = [
    { name: 'batch_dims', type: TF_ATTR_INT, value: batchDims },
    { name: 'Tparams', type: TF_ATTR_TYPE, value: x.dtype === 'float32' ? dtypes.float32 : dtypes.int32 },
    { name: 'Tindices', type: TF_ATTR_TYPE, value: dtypes.int32 },
    { name: 'Taxis', type: TF_ATTR_TYPE, value: dtypes.int32 },
  ];
  const rows = backend.executeSingleOutput('GatherV2', attributes, [x, indices, place]);
  place.dispose();
  return rows;
}
