import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../base/packageRoot.js';

/** One row, of inputs that begin at `from`, to bytes from `to` up to `end`: see resizePasses.wat. */
type RowPass = (
  from: number,
  to: number,
  end: number,
  of: number,
  weights: number,
  weightBytes: number,
) => void;

/** What resizePasses.wat is compiled to. */
interface Passes {
  memory: WebAssembly.Memory;
  resizeRow: RowPass;
  sumRows: RowPass;
  resizeRowInFloats: RowPass;
  sumRowsOfFloats: RowPass;
}

const compiled = join(packageRoot, 'dist', 'src', 'model', 'input', 'resizePasses.wasm');
let passes: Passes | undefined;

/** The passes of a resize, in WebAssembly with SIMD. */
export function resizePasses(): Passes {
  passes ??= new WebAssembly.Instance(new WebAssembly.Module(readFileSync(compiled)))
    .exports as unknown as Passes;
  return passes;
}

/** Addresses of arrays of so many bytes, 16 bytes or more between them, for which the memory grows. */
export function places(memory: WebAssembly.Memory, sizes: readonly number[]): number[] {
  let end = 0;
  const found = sizes.map((size) => {
    const place = end;
    end = 16 * Math.ceil((place + size) / 16) + 16;
    return place;
  });
  const page = 2 ** 16;
  const missing = Math.ceil((end - memory.buffer.byteLength) / page);
  if (missing > 0) memory.grow(missing);
  return found;
}

/**
 * Checks what a resize is given.
 * @throws RangeError when a size is not a positive integer or does not fit the image.
 */
export function checkSizes(
  rgb: Uint8Array,
  width: number,
  height: number,
  newWidth: number,
  newHeight: number,
): void {
  for (const size of [width, height, newWidth, newHeight]) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(`resize: expected sizes to be positive integers, received ${size}`);
    }
  }
  if (rgb.length !== width * height * 3) {
    throw new RangeError(
      `resize: expected ${width} x ${height} RGB pixels (${width * height * 3} bytes), received ${rgb.length} bytes`,
    );
  }
}
