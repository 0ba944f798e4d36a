import { writeSync } from 'node:fs';

let descriptor = 2;

/** Has the log written to another file descriptor. */
export function logTo(fd: number): void {
  descriptor = fd;
}

/** Writes a line to the log of whoever started the kernel: no cell is to blame, and none shows it. */
export function log(text: string): void {
  try {
    writeSync(descriptor, `${text}\n`);
  } catch {
    // Nobody reads: the kernel goes on.
  }
}
