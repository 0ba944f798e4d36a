// A process that stays small, and starts tools for one that is large. It ends with the one that it works for.
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { killTool, spawnTool, type ToolCommand } from './spawnTool.js';
import { kinds, PartReader, partHead } from './toolParts.js';

const tools = new Map<number, ChildProcess>();
/** Streams that wait until what has been read of them is on its way. */
const paused = new Set<Readable>();

const parts = new PartReader((tool, kind, bytes, last) => {
  const child = tools.get(tool);
  if (kind === kinds.begin) begin(tool, JSON.parse(bytes.toString()));
  else if (!child)
    return; // it has ended
  else if (kind === kinds.kill) killTool(child);
  else if (kind === kinds.input) give(tool, child, bytes, last);
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

function say(tool: number, kind: number, bytes: Buffer): boolean {
  process.stdout.write(partHead(tool, kind, bytes.length));
  return process.stdout.write(bytes);
}

function begin(tool: number, command: ToolCommand): void {
  const child = spawnTool(command, {
    onOutput(descriptor, bytes) {
      if (say(tool, kinds.output + descriptor, bytes)) return;
      const stream = child.stdio[descriptor] as Readable;
      stream.pause();
      paused.add(stream);
    },
    onEnd(how) {
      tools.delete(tool);
      say(tool, kinds.end, Buffer.from(JSON.stringify(how)));
    },
  });
  tools.set(tool, child);
}

function give(tool: number, child: ChildProcess, bytes: Buffer, last: boolean): void {
  if (bytes.length === 0) child.stdin?.end();
  else child.stdin?.write(bytes, () => last && say(tool, kinds.input, Buffer.alloc(0)));
}
