import type { ChildProcessByStdio } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { type OnPiece, PartReader } from './toolParts.js';

/** A process that stays, and is spoken to in parts. */
export type StayingProcess = ChildProcessByStdio<Writable, Readable, null>;

/**
 * Takes the parts that a process writes.
 * @param onInterrupt an interrupt of the cell has ended `onPiece` in its middle: what follows cannot be told apart any more.
 */
export function readParts(child: StayingProcess, onPiece: OnPiece, onInterrupt: () => void): void {
  const parts = new PartReader(onPiece);
  let reading = false;
  child.stdin.on('error', () => {}); // it has ended, which is told
  child.stdout.on('data', (chunk: Buffer) => {
    if (reading) return onInterrupt();
    reading = true;
    parts.push(chunk);
    reading = false;
  });
}

/** Whether this process stays for another one. */
export function hold(child: StayingProcess, held: boolean): void {
  const change = held ? 'ref' : 'unref';
  for (const one of [child, child.stdin as Socket, child.stdout as Socket]) one[change]();
}
