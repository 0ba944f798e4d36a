import { type Attribute, dtypes, hasFunctions, type NativeBackend } from './binding.js';
import { isRecording } from './recording.js';
import { type Tensor, tf } from './tf.js';

interface GatherArguments {
  inputs: { x: Tensor; indices: Tensor };
  attrs: { axis: number; batchDims: number };
  backend: NativeBackend;
}

interface CastArguments {
  inputs: { x: Tensor };
  attrs: { dtype: string };
  backend: NativeBackend;
}

interface SoftmaxArguments {
  inputs: { logits: Tensor };
  backend: NativeBackend;
}

/**
 * Replaces kernels of tfjs-node.
 * - GatherV2 reads its indices on the host: while a function is recorded there are none, and a GPU would be waited for.
 * - Cast takes bytes for what TensorFlow.js calls them, int32 (`bytesTensor`).
 * - Softmax is another kernel of TensorFlow inside of a function (oneDNN's) than outside, and rounds otherwise: it is called
 *   as a function of its own, so that both round alike.
 */
export function replaceKernels(): void {
  for (const [kernelName, kernelFunc] of [
    ['GatherV2', gather],
    ['Cast', cast],
    ['Softmax', softmax],
  ] as const) {
    tf.unregisterKernel(kernelName, 'tensorflow');
    tf.registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc: kernelFunc as never });
  }
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

function cast({ inputs: { x }, attrs: { dtype }, backend }: CastArguments): Tensor {
  const { TF_ATTR_TYPE, TF_ATTR_BOOL } = backend.binding;
  const attributes = [
    { name: 'SrcT', type: TF_ATTR_TYPE, value: backend.tensorMap.get(x.dataId).dtype },
    { name: 'DstT', type: TF_ATTR_TYPE, value: backend.getDTypeInteger(dtype) },
    { name: 'Truncate', type: TF_ATTR_BOOL, value: false },
  ];
  return backend.executeSingleOutput('Cast', attributes, [x]);
}

const softmaxFunction = 'solireward_softmax';
let softmaxKnown = false;

function softmax({ inputs: { logits }, backend }: SoftmaxArguments): Tensor {
  const { binding } = backend;
  const type: Attribute = { name: 'T', type: binding.TF_ATTR_TYPE, value: dtypes.float32 };
  if (isRecording() || !hasFunctions(backend))
    return backend.executeSingleOutput('Softmax', [type], [logits]);
  if (!softmaxKnown) {
    const recording = binding.recordingBegin();
    const [input] = binding.recordingInput(recording, dtypes.float32, null);
    const [output] = binding.recordingOperation(recording, 'Softmax', [], [input.id], 0, 1);
    binding.recordingEnd(recording, softmaxFunction, [input.id], [output.id]);
    softmaxKnown = true;
  }
  return backend.executeSingleOutput(softmaxFunction, [], [logits]);
}
