import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { hold, readParts, type StayingProcess } from '../../../src/data/video/stayingProcess.js';
import { kinds, partHead } from '../../../src/data/video/toolParts.js';

const part = (text: string) => Buffer.concat([partHead(0, kinds.output, text.length), Buffer.from(text)]);

it('gives the parts that a process writes, until an interrupt ends the reading of one in its middle', () => {
  const child = { stdin: new PassThrough(), stdout: new PassThrough() };
  const read: string[] = [];
  let interrupted = 0;
  const onPiece = (_tool: number, _kind: number, bytes: Buffer) => {
    read.push(String(bytes));
    if (read.length === 2) throw new Error('an interrupt');
  };
  readParts(child as unknown as StayingProcess, onPiece, () => interrupted++);
  child.stdout.emit('data', part('one'));
  expect(() => child.stdout.emit('data', part('two'))).toThrow('an interrupt');
  child.stdout.emit('data', part('three'));
  expect(read).toEqual(['one', 'two']);
  expect(interrupted).toBe(1);
  child.stdin.emit('error', new Error('it has ended'));
});

it('lets a process keep this one, or not', async () => {
  const script = 'process.stdin.resume(); process.stdin.on("end", () => process.exit(3))';
  const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'ignore'] });
  const [input, output] = [child.stdin, child.stdout] as unknown as { _handle: { hasRef(): boolean } }[];
  hold(child, false);
  expect([input._handle.hasRef(), output._handle.hasRef()]).toEqual([false, false]);
  hold(child, true);
  expect([input._handle.hasRef(), output._handle.hasRef()]).toEqual([true, true]);
  child.stdin.end();
  expect((await once(child, 'exit'))[0]).toBe(3);
});
