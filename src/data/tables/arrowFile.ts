import { fromArrow } from 'arquero';
import { withinTime } from '../../base/withinTime.js';
import { registerArrowCodecs } from './arrowCodecs.js';
import type { Columns } from './column.js';

/** Milliseconds that Arrow takes at most, on the slowest machine: for any file, and for each byte. */
const [slowestStart, slowestByte] = [5000, 1e-3];

/** The columns of an Arrow IPC or Feather file. @throws Error that names the file for bytes that are none */
export function arrowColumns(bytes: Buffer, where: string): Columns {
  try {
    registerArrowCodecs();
    // Its reader trusts the numbers of a file.
    return withinTime(slowestStart + bytes.length * slowestByte, () => {
      const table = fromArrow(new Uint8Array(bytes), { useBigInt: true });
      return new Map(table.columnNames().map((name) => [name, Array.from(table.array(name))]));
    });
  } catch (error) {
    throw new Error(`${where} is not a valid Arrow IPC file: ${(error as Error).message}`);
  }
}
