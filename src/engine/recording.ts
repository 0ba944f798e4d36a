import { createHash } from 'node:crypto';
import type { Random } from '../base/random.js';
import {
  type Attribute,
  dtypes,
  type NativeBackend,
  type StoredTensor,
  type TensorInfo,
  type TypeAndShape,
} from './binding.js';
import { precision } from './precision.js';
import { type Tensor, tf, type Variable } from './tf.js';

/** Values that are drawn anew for each call. */
interface Draw {
  shape: number[];
  values: (random: Random) => Float32Array;
}

/** A function of tensors as a TensorFlow function; its inputs are the caller's, then the variables, then what is drawn. */
export interface Recorded {
  name: string;
  variables: Variable[];
  draws: Draw[];
  outputs: number;
}

/** Constants of so few values are recorded once, however often they are made: axes, shapes, factors. */
const SHARED = 16;

/** Attributes of types that TensorFlow cannot tell from the inputs; the others are left to it. */
const outputTypes = new Set(['DstT', 'dtype', 'out_type', 'output_type', 'Tout']);
const products = new Set(['BatchMatMulV2', 'MatMul']);

let recording: Recorder | undefined;

/** Whether operations are being recorded: tensors have no values then. */
export const isRecording = (): boolean => recording !== undefined;

/**
 * The values of a tensor that can be read without waiting for a device: none while recording, and none on WebGPU, where
 * only values that were not uploaded yet can be.
 */
export function valuesAtHand(tensor: Tensor): Float32Array | Int32Array | Uint8Array | undefined {
  return isRecording() || tf.getBackend() === 'webgpu' ? undefined : tensor.dataSync();
}

/**
 * Values that a stream of random numbers gives, as a tensor: while a function is recorded, an input that is drawn anew
 * for each call, in the order in which the function asks.
 */
export function drawn(shape: number[], random: Random, values: (random: Random) => Float32Array): Tensor {
  return recording ? recording.draw({ shape, values }) : tf.tensor(values(random), shape);
}

/**
 * A kernel that XLA knows by its name, as a part of the function that is being recorded.
 * @param configuration of the kernel, as XLA reads it. @param inputs with the types that the kernel takes.
 * @throws where nothing is being recorded.
 */
export function customCall(
  target: string,
  configuration: object,
  inputs: readonly { tensor: Tensor; dtype: number }[],
  results: readonly TypeAndShape[],
): Tensor[] {
  if (!recording) throw new Error(`customCall: ${target} is a part of recorded functions only`);
  return recording.customCall(target, JSON.stringify(configuration), inputs, results);
}

/**
 * Records a function of tensors, without computing it, and registers it under a new name. What it uses besides its
 * inputs has to be variables, or be made inside of it from values that do not change.
 * @param examples tensors of the types and shapes of the inputs. @param variables all that the function may use.
 * @throws for a tensor from outside that is neither, and where the function reads values.
 */
export function record(
  backend: NativeBackend,
  body: (inputs: Tensor[]) => Tensor[],
  examples: readonly Tensor[],
  variables: Iterable<Variable>,
): Recorded {
  const recorder = new Recorder(backend, variables);
  recording = recorder;
  try {
    let recorded: Recorded | undefined;
    tf.tidy(() => {
      recorded = recorder.record(body, examples);
    });
    return recorded as unknown as Recorded;
  } finally {
    recorder.end();
    recording = undefined;
  }
}

/** Takes the place of what the backend's kernels call, and appends what they would execute to a graph. */
class Recorder {
  private readonly graph: number;
  private readonly draws: { draw: Draw; id: number }[] = [];
  private readonly known: Map<object, Variable>;
  private readonly used = new Map<object, { variable: Variable; id: number }>();
  private readonly constants = new Map<string, number>();
  private readonly halves = new Map<number, number>();
  /** Data that was made while recording: constants. */
  private readonly made = new WeakSet<object>();
  private readonly binding: NativeBackend['binding'];
  /** Of all that was recorded, with its tensors numbered in their order: XLA finds its programs on disk by the name. */
  private readonly content = createHash('sha256');
  private readonly numbers = new Map<number, number>();

  constructor(
    private readonly backend: NativeBackend,
    variables: Iterable<Variable>,
  ) {
    const all = [...variables];
    backend.getInputTensorIds(all); // uploads what was not yet
    this.known = new Map(all.map((variable) => [variable.dataId, variable]));
    this.binding = backend.binding;
    this.graph = this.binding.recordingBegin();
    const write = backend.write.bind(backend);
    Object.assign(backend, {
      // The functions of the binding cannot be redefined, so it is replaced as a whole.
      binding: Object.create(this.binding, {
        executeOp: { value: this.execute.bind(this) },
        deleteTensor: { value: () => {} },
      }),
      getInputTensorIds: (tensors: readonly Tensor[]) => tensors.map((tensor) => this.idOf(tensor)),
      readSync: (dataId: object) => {
        const { values } = backend.tensorMap.get(dataId);
        if (values) return values;
        throw new Error(
          'compile: the function reads values of a tensor; while it is recorded there are none',
        );
      },
      write: (values: ArrayBufferView, shape: number[], dtype: string) => {
        const dataId = write(values, shape, dtype);
        this.made.add(dataId);
        return dataId;
      },
    });
  }

  record(body: (inputs: Tensor[]) => Tensor[], examples: readonly Tensor[]): Recorded {
    const stored = examples.map((tensor) => this.backend.tensorMap.get(tensor.dataId));
    const inputs = examples.map(({ shape }, i) => this.input(stored[i].dtype, shape));
    const results = body(inputs.map(({ tensor }) => tensor));
    // By way of Identity: an output may be an input, or the same as another output.
    const outputs = results.map((tensor) => this.append('Identity', [], [this.idOf(tensor)])[0].id);
    tf.dispose(results); // the body may have kept one
    const used = [...this.used.values()];
    const ids = [...inputs, ...used, ...this.draws].map(({ id }) => id);
    this.describe(['function', this.numbered(ids), this.numbered(outputs)], []);
    const name = `solireward_${this.content.digest('hex').slice(0, 32)}`;
    this.binding.recordingEnd(this.graph, name, ids, outputs);
    this.ended = true;
    return {
      name,
      variables: used.map(({ variable }) => variable),
      draws: this.draws.map(({ draw }) => draw),
      outputs: outputs.length,
    };
  }

  private ended = false;

  /** Gives the backend its own functions back. */
  end(): void {
    if (!this.ended) this.binding.recordingEnd(this.graph, '', [], []);
    const { backend } = this as unknown as { backend: Partial<NativeBackend> };
    delete backend.getInputTensorIds;
    delete backend.readSync;
    delete backend.write;
    backend.binding = this.binding;
  }

  draw(draw: Draw): Tensor {
    const { id, tensor } = this.input(dtypes.float32, draw.shape);
    this.draws.push({ draw, id });
    return tensor;
  }

  /** Results in bfloat16 are given as float32, like those of products. */
  customCall(
    target: string,
    configuration: string,
    inputs: readonly { tensor: Tensor; dtype: number }[],
    results: readonly TypeAndShape[],
  ): Tensor[] {
    const ids = inputs.map(({ tensor, dtype }) => {
      const id = this.idOf(tensor);
      return dtype === dtypes.bfloat16 ? this.half(id) : id;
    });
    const infos = this.binding.recordingCustomCall(this.graph, target, configuration, ids, results);
    this.describe([target, configuration, this.numbered(ids), results], infos);
    return infos.map((info) =>
      this.backend.createOutputTensor(
        info.dtype === dtypes.bfloat16 ? this.cast(info.id, dtypes.float32)[0] : info,
      ),
    );
  }

  private input(dtype: number, shape: readonly number[]): { id: number; tensor: Tensor } {
    const [info] = this.binding.recordingInput(this.graph, dtype, shape);
    this.describe(['input', dtype, shape], [info]);
    return { id: info.id, tensor: this.backend.createOutputTensor(info) };
  }

  /** The recorded tensor of a tensor that an operation takes. */
  private idOf(tensor: Tensor): number {
    const { valueArray } = tensor as unknown as { valueArray?: Int32Array };
    if (valueArray) return this.constant({ shape: [], dtype: dtypes.int64, values: valueArray });
    const stored = this.backend.tensorMap.get(tensor.dataId);
    if (stored.id < -1) return stored.id;
    const used = this.used.get(tensor.dataId);
    if (used) return used.id;
    const variable = this.known.get(tensor.dataId);
    if (variable) {
      const [info] = this.binding.recordingInput(this.graph, stored.dtype, variable.shape);
      const { id } = info;
      this.describe(['input', stored.dtype, variable.shape], [info]);
      this.used.set(tensor.dataId, { variable, id });
      return id;
    }
    if (!stored.values || !this.made.has(tensor.dataId)) {
      throw new Error(
        `compile: the function uses a tensor [${tensor.shape}] that is neither an input, nor a variable, nor made inside`,
      );
    }
    stored.id = this.constant(stored as { shape: number[]; dtype: number; values: ArrayBufferView });
    stored.values = null;
    return stored.id;
  }

  private constant({
    shape,
    dtype,
    values,
  }: Pick<StoredTensor, 'shape' | 'dtype'> & { values: ArrayBufferView }): number {
    const numbers = values as unknown as ArrayLike<number>;
    const key = numbers.length <= SHARED ? `${dtype} ${shape} ${bytesOf(values)}` : undefined;
    const known = key === undefined ? undefined : this.constants.get(key);
    if (known !== undefined) return known;
    const [info] = this.binding.recordingConstant(this.graph, dtype, shape, values);
    const { id } = info;
    this.describe(['constant', dtype, shape], [info]);
    this.content.update(Buffer.from(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength));
    if (key !== undefined) this.constants.set(key, id);
    return id;
  }

  private execute(
    name: string,
    attributes: readonly Attribute[],
    inputs: number[],
    outputs: number,
  ): TensorInfo[] {
    if (precision() === 'bfloat16' && products.has(name)) {
      const halves = inputs.map((id) => this.half(id));
      const [product] = this.append(name, attributes, halves, outputs);
      return this.cast(product.id, dtypes.float32);
    }
    return this.append(name, attributes, inputs, outputs);
  }

  /** A factor in bfloat16; one that several products take is converted once. */
  private half(id: number): number {
    let half = this.halves.get(id);
    if (half === undefined) {
      half = this.cast(id, dtypes.bfloat16)[0].id;
      this.halves.set(id, half);
    }
    return half;
  }

  /** Adds to the content what gives some tensors, and numbers them. */
  private describe(what: readonly unknown[], gives: readonly { id: number }[]): void {
    this.content.update(`${JSON.stringify(what)}\n`);
    for (const { id } of gives) this.numbers.set(id, this.numbers.size);
  }

  private numbered(ids: readonly number[]): (number | undefined)[] {
    return ids.map((id) => this.numbers.get(id));
  }

  private cast(id: number, dtype: number): TensorInfo[] {
    return this.append('Cast', [{ name: 'DstT', type: this.binding.TF_ATTR_TYPE, value: dtype }], [id]);
  }

  private append(
    name: string,
    attributes: readonly Attribute[],
    inputs: number[],
    outputs = 1,
  ): TensorInfo[] {
    const { TF_ATTR_TYPE } = this.binding;
    const list = attributes.find((attribute) => attribute.name === 'N')?.value ?? 0;
    // What kernels say of input types can be wrong; TensorFlow takes those from the inputs.
    const own = attributes.filter(
      (attribute) =>
        attribute.name !== 'N' && (attribute.type !== TF_ATTR_TYPE || outputTypes.has(attribute.name)),
    );
    const infos = this.binding.recordingOperation(this.graph, name, own, inputs, list as number, outputs);
    this.describe([name, own, this.numbered(inputs), list], infos);
    if (infos.every(({ shape }) => shape !== null)) return infos;
    throw new Error(
      `compile: the shape of what ${name} gives depends on values; it has to be known beforehand`,
    );
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('base64');
