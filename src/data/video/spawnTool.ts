import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

/** A tool, as it is asked for. */
export interface ToolCommand {
  program: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Descriptors whose bytes are wanted. */
  outputs: number[];
  /** Whether it is given bytes. */
  input: boolean;
}

/** What the descriptors of a tool are. */
export function stdioOf(outputs: readonly number[], input: boolean): ('pipe' | 'ignore')[] {
  return Array.from({ length: Math.max(2, ...outputs) + 1 }, (_, descriptor) =>
    (descriptor === 0 ? input : outputs.includes(descriptor)) ? 'pipe' : 'ignore',
  );
}

/** How a tool ended. */
export interface ToolEnd {
  status: number | null;
  killedBy: NodeJS.Signals | null;
  /** Why it was not started, or is not told of any more. */
  error?: string;
}

/** The end of a tool that has not begun. */
const notStarted = (program: string, { message }: Error): ToolEnd => ({
  status: null,
  killedBy: null,
  error: `cannot start ${program}: ${message}`,
});

/** What is told of a tool. */
export interface ToolEvents {
  /** Bytes that it has written to a descriptor. */
  onOutput(descriptor: number, bytes: Buffer): void;
  /** It has ended, and all that it wrote has been told. */
  onEnd(how: ToolEnd): void;
}

/** Starts a tool as a child of this process. */
export function spawnTool(
  { program, args, env, cwd, outputs, input }: ToolCommand,
  events: ToolEvents,
): ChildProcess {
  const child = spawn(program, args, { stdio: stdioOf(outputs, input), env, cwd, windowsHide: true });
  let ended = false;
  const end = (how: ToolEnd) => {
    if (!ended) events.onEnd(how);
    ended = true;
  };
  for (const descriptor of outputs) {
    const stream = child.stdio[descriptor] as Readable | null;
    stream?.on('data', (bytes: Buffer) => events.onOutput(descriptor, bytes));
    stream?.on('error', ({ message }) => {
      killTool(child);
      end({ status: null, killedBy: null, error: message });
    });
  }
  child.stdin?.on('error', () => {}); // a failing tool closes its input early; its exit status tells the reason
  child.on('error', (error) => end(notStarted(program, error)));
  child.on('close', (status, killedBy) => end({ status, killedBy }));
  return child;
}

/** Ends a tool, whatever it does; what it still writes is not told. */
export function killTool(child: ChildProcess): void {
  child.kill('SIGKILL');
  for (const stream of child.stdio) stream?.destroy(); // nobody waits for what else holds them open
}
