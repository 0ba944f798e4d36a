// A process that stays small, and starts tools for one that is large. It ends with the one that it works for.
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import {
  kinds,
  notStarted,
  PartReader,
  partHead,
  stdioOf,
  type ToolCommand,
  type ToolEnd,
} from './toolParts.js';

const tools = new Map<number, ChildProcess>();
const commands = new Map<number, Buffer[]>();
/** Streams that wait until what has been read of them is on its way. */
const paused = new Set<Readable>();

const parts = new PartReader((tool, kind, bytes, last) => {
  const child = tools.get(tool);
  if (kind === kinds.kill) kill(child);
  else if (kind === kinds.input) give(tool, child, bytes, last);
  else if (kind === kinds.begin) {
    const pieces = [...(commands.get(tool) ?? []), bytes];
    commands.set(tool, pieces);
    if (last) {
      commands.delete(tool);
      begin(tool, JSON.parse(Buffer.concat(pieces).toString()));
    }
  }
});

process.stdin.on('data', (chunk: Buffer) => parts.push(chunk));
process.stdin.on('close', end);
process.stdout.on('error', end);
process.stdout.on('drain', () => {
  for (const stream of paused) stream.resume();
  paused.clear();
});
// Ctrl-C in a terminal goes to the tools as well, and what they make of it is told.
process.on('SIGINT', () => {});

function end(): void {
  for (const child of tools.values()) child.kill('SIGKILL');
  process.exit();
}

function kill(child: ChildProcess | undefined): void {
  child?.kill('SIGKILL');
  for (const stream of child?.stdio ?? []) {
    paused.delete(stream as Readable);
    stream?.destroy(); // nobody waits for what else holds them open
  }
}

function say(tool: number, kind: number, bytes: Buffer): boolean {
  process.stdout.write(partHead(tool, kind, bytes.length));
  return process.stdout.write(bytes);
}

function begin(tool: number, { program, args, env, cwd, outputs, input }: ToolCommand): void {
  const done = (how: ToolEnd) => {
    if (tools.delete(tool)) say(tool, kinds.end, Buffer.from(JSON.stringify(how)));
  };
  const stdio = stdioOf(outputs, input);
  const child = spawn(program, args, { stdio, env, cwd, windowsHide: true });
  tools.set(tool, child);
  for (const descriptor of outputs) {
    const stream = child.stdio[descriptor] as Readable | null;
    stream?.on('data', (bytes: Buffer) => {
      if (say(tool, kinds.output + descriptor, bytes)) return;
      stream.pause();
      paused.add(stream);
    });
    stream?.on('error', ({ message }) => {
      kill(child);
      done({ status: null, killedBy: null, error: message });
    });
  }
  child.stdin?.on('error', () => {}); // a failing tool closes its input early; its exit status tells the reason
  child.on('error', (error) => done(notStarted(program, error)));
  child.on('close', (status, killedBy) => done({ status, killedBy }));
}

function give(tool: number, child: ChildProcess | undefined, bytes: Buffer, last: boolean): void {
  if (bytes.length === 0) child?.stdin?.end();
  else child?.stdin?.write(bytes, () => last && say(tool, kinds.input, Buffer.alloc(0)));
}
