import { writeSync } from 'node:fs';

/** Writes a line to the log of whoever started the kernel: no cell is to blame, and none shows it. */
export function log(text: string): void {
  try {
    writeSync(2, `${text}\n`);
  } catch {
    // Nobody reads: the kernel goes on.
  }
}
