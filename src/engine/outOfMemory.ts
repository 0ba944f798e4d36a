import { formatBytes } from '../base/formatBytes.js';

/** Bytes of an element of TensorFlow's types. */
const typeBytes: Record<string, number> = {
  float: 4,
  double: 8,
  half: 2,
  bfloat16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  int16: 2,
  uint16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
  complex64: 8,
  complex128: 16,
};
const units: Record<string, number> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 };

/** What the user can change, the cheapest first. */
const remedies =
  'Take a smaller micro-batch, turn checkpointing on, compute in bfloat16, take fewer frames a clip, ' +
  'or free the memory that other processes use';

/** Memory ran out while computing. */
export class OutOfMemoryError extends Error {
  constructor(
    /** Bytes that were asked for at once; undefined where TensorFlow does not say. */
    readonly bytes: number | undefined,
    /** The operation that asked, such as `BatchMatMulV2`, or what the compiler has made of several. */
    readonly operation: string,
    /** `GPU` or `CPU`. */
    readonly device: string,
    options?: ErrorOptions,
  ) {
    const asked = bytes === undefined ? 'memory' : formatBytes(bytes);
    super(`${operation} asked for ${asked}, which is not free on the ${device}. ${remedies}`, options);
    this.name = 'OutOfMemoryError';
  }
}

/**
 * The error of TensorFlow or XLA for memory that ran out, as an OutOfMemoryError with the original as its cause; any
 * other error as it is.
 * @param error what an operation has thrown.
 * @param operation what was computed, for where the message does not say.
 */
export function outOfMemory(error: unknown, operation = 'An operation'): unknown {
  if (!(error instanceof Error) || error instanceof OutOfMemoryError) return error;
  const { message } = error;
  const bytes = askedFor(message);
  if (bytes === undefined && !/\bOOM when allocating|\bout of memory\b/i.test(message)) return error;
  const device = /device:CPU|allocator (?:mklcpu|cpu)/.test(message) ? 'CPU' : 'GPU';
  return new OutOfMemoryError(bytes, operationOf(message) ?? operation, device, { cause: error });
}

/** Bytes: of a shape and a type, or as XLA says them. */
function askedFor(message: string): number | undefined {
  const tensor = message.match(
    /OOM when allocating (?:temporary )?tensor (?:with|of) shape ?\[([\d,]*)\](?: and type (\w+))?/,
  );
  if (tensor) {
    const [, shape, type = 'float'] = tensor;
    const elements = shape
      .split(',')
      .reduce((product, size) => product * (size === '' ? 1 : Number(size)), 1);
    return type in typeBytes ? elements * typeBytes[type] : undefined;
  }
  const xla = message.match(
    /(?:out of memory (?:while trying to allocate|allocating)|failed to allocate (?:request for )?)\s*([\d.]+) ?(bytes|B|[KMGT]iB)\b/i,
  );
  return xla ? Math.round(Number(xla[1]) * (units[xla[2]] ?? 1)) : undefined;
}

/** The operation that TensorFlow names: `[Op:MatMul]`, or the node of a function. */
function operationOf(message: string): string | undefined {
  const [, node] = message.match(/\{\{node ([^}]+)\}\}/) ?? [];
  const [, operation] = message.match(/\[Op:([^\]]+)\]/) ?? [];
  return node ?? operation;
}
