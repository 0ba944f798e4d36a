import { type Tensor, tf } from './tf.js';

/** A tensor of TensorFlow: a negative id, below -1, is one that is only recorded. */
export interface TensorInfo {
  id: number;
  /** Null while recording, where it depends on values. */
  shape: number[];
  /** TensorFlow's number of the type. */
  dtype: number;
}

export interface TypeAndShape {
  /** TensorFlow's number of the type. */
  dtype: number;
  shape: readonly number[];
}

/** An attribute of an operation, as the kernels of tfjs-node give them. */
export interface Attribute {
  name: string;
  /** TensorFlow's number of the kind of attribute. */
  type: number;
  value: unknown;
}

/** The binding that the set-up builds: tfjs-node's, and the functions of `native/binding.cc`. */
export interface Binding {
  readonly TF_Version: string;
  readonly TF_ATTR_TYPE: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_INT: number;
  createTensor(shape: readonly number[], dtype: number, values: ArrayBufferView): number;
  deleteTensor(id: number): void;
  executeOp(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly number[],
    outputs: number,
  ): TensorInfo[];
  recordingBegin(): number;
  /** @param shape null for any. */
  recordingInput(recording: number, dtype: number, shape: readonly number[] | null): TensorInfo[];
  recordingConstant(
    recording: number,
    dtype: number,
    shape: readonly number[],
    values: ArrayBufferView,
  ): TensorInfo[];
  /** @param list so many of the first inputs are one input, a list. */
  recordingOperation(
    recording: number,
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly number[],
    list: number,
    outputs: number,
  ): TensorInfo[];
  /** A kernel that XLA knows by its name. @param results types and shapes of what it gives. */
  recordingCustomCall(
    recording: number,
    target: string,
    configuration: string,
    inputs: readonly number[],
    results: readonly TypeAndShape[],
  ): TensorInfo[];
  /** Makes a function of the recording; an empty name drops it. */
  recordingEnd(recording: number, name: string, inputs: readonly number[], outputs: readonly number[]): void;
  removeFunction(name: string): void;
  /** Runs beside JavaScript's thread. @param xla compiles it by XLA. */
  callFunction(name: string, inputs: readonly number[], outputs: number, xla: boolean): Promise<TensorInfo[]>;
  setTensorFloat32(allowed: boolean): void;
  /** Bytes of the device's allocator, where it counts them. @param reset begins a new peak. */
  deviceMemory(reset: boolean): { used: number; peak: number } | undefined;
}

/** What tfjs-node keeps of a tensor: values that were not uploaded yet, or the id of its TensorFlow tensor. */
export interface StoredTensor {
  shape: number[];
  dtype: number;
  values: ArrayBufferView | null;
  id: number;
}

/** The backend of tfjs-node, with what recording takes the place of. */
export interface NativeBackend {
  binding: Binding;
  readonly isUsingGpuDevice: boolean;
  readonly tensorMap: { get(dataId: object): StoredTensor };
  getInputTensorIds(tensors: readonly Tensor[]): number[];
  createOutputTensor(info: TensorInfo): Tensor;
  readSync(dataId: object): ArrayBufferView;
  write(values: ArrayBufferView, shape: number[], dtype: string): object;
  getDTypeInteger(dtype: string): number;
  executeSingleOutput(name: string, attributes: readonly Attribute[], inputs: readonly Tensor[]): Tensor;
}

/** TensorFlow's numbers of the types that are used here. */
export const dtypes = { float32: 1, int32: 3, uint8: 4, int64: 9, bool: 10, bfloat16: 14 } as const;

/** The TensorFlow backend, where it is the engine in use. */
export function nativeBackend(): NativeBackend | undefined {
  if (tf.getBackend() !== 'tensorflow') return undefined;
  return tf.backend() as unknown as NativeBackend;
}

/** Whether the binding has functions: one that npm brought, or an older set-up built, has not. */
export const hasFunctions = ({ binding }: NativeBackend): boolean =>
  typeof binding.recordingCustomCall === 'function';
