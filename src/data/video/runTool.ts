import { StringDecoder } from 'node:string_decoder';
import { childEnvironment } from '../../base/childEnvironment.js';
import { startTool } from './startTool.js';
import { aboveLimit, videoLimits } from './videoLimits.js';
import { watchRun } from './watchRun.js';

/** A run of ffmpeg or ffprobe. */
export interface ToolRun {
  args: readonly string[];
  /** Descriptors whose bytes are returned. */
  pipes: readonly number[];
  /** Bytes for `pipe:0`. */
  input?: Uint8Array;
  /** Kills the tool and rejects with the signal's reason. */
  signal?: AbortSignal;
  /** Is given each line of the tool's log at once; what it throws ends the tool. */
  onLine?: (line: string) => void;
}

/** What a tool wrote. */
export interface ToolOutput {
  /** Of each pipe. */
  outputs: Buffer[];
  /** The end of its log. */
  log: string;
}

/** Characters of a tool's log that are kept: a damaged file can have any number of complaints. */
const logLength = 1 << 20;

/** A tool that ended with a failure, or by another's signal. */
export class ToolError extends Error {
  constructor(
    readonly log: string,
    /** The signal that ended it, if one did. */
    readonly killedBy: NodeJS.Signals | null,
    status: number | null,
  ) {
    super(`it ended with ${killedBy ?? `status ${status}`}`);
  }
}

/**
 * Runs ffmpeg or ffprobe within the limits of memory and of time (`videoLimits`), and without the
 * environment of this process. Whatever goes wrong, also in here, is a rejection and ends the tool.
 * @throws {ToolError} when it fails; Error that names the limit it exceeded; the signal's reason.
 */
export function runTool(program: string, run: ToolRun): Promise<ToolOutput> {
  const { args, pipes, input, signal, onLine } = run;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    let failure: Error | undefined;
    const fail = (error: unknown) => {
      failure ??= error as Error;
      tool.kill();
    };
    /** A handler whose exceptions end the tool: nobody could catch them. */
    const guarded =
      <T extends unknown[]>(handler: (...values: T) => void) =>
      (...values: T) => {
        try {
          handler(...values);
        } catch (error) {
          fail(error);
        }
      };

    const watch = watchRun(fail);

    let size = 0;
    const chunks = new Map<number, Buffer[]>(pipes.map((descriptor) => [descriptor, []]));
    const onPipe = (descriptor: number, chunk: Buffer) => {
      watch.progress();
      size += chunk.length;
      if (size > videoLimits.memory) throw aboveLimit('memory', size);
      chunks.get(descriptor)?.push(chunk);
    };

    let log = '';
    let line = '';
    let seen = '';
    const decoder = new StringDecoder('utf8');
    const onLog = (text: string) => {
      log = (log + text).slice(-logLength);
      const lines = (line + text).slice(-logLength).split(/[\r\n]/);
      line = lines.pop() ?? '';
      for (const each of lines) {
        // ffmpeg reports where it is twice a second, whether it goes on or not.
        const place = /frame=.*?(?=\s*bitrate=)/.exec(each)?.[0].replace(/fps=\s*\S+/, '') ?? each;
        if (place !== seen) watch.progress();
        seen = place;
        onLine?.(each);
      }
    };

    const command = withMemoryLimit(program, args);
    const env = childEnvironment({ MALLOC_ARENA_MAX: '2' }); // each arena of glibc is address space
    const outputs = [...new Set([...pipes, 2])];
    const tool = startTool(
      { ...command, env, cwd: process.cwd(), outputs, input: input !== undefined },
      input,
      {
        onOutput: guarded((descriptor, bytes) => {
          if (descriptor === 2) onLog(decoder.write(bytes));
          else onPipe(descriptor, bytes);
        }),
        onInput: watch.progress,
        onEnd({ status, killedBy, error }) {
          end();
          try {
            if (failure) reject(failure);
            else if (error !== undefined) reject(new Error(error));
            else if (status === 0)
              resolve({ outputs: pipes.map((descriptor) => Buffer.concat(chunks.get(descriptor)!)), log });
            else reject(new ToolError(log, killedBy, status));
          } catch (error) {
            reject(error); // what came does not fit into one buffer
          }
        },
      },
    );

    const abort = () => fail(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });

    const end = () => {
      watch.end();
      signal?.removeEventListener('abort', abort);
    };
  });
}

/** The command that runs a tool within `videoLimits.memory`: all of its memory on Linux, elsewhere each block. */
export function withMemoryLimit(
  program: string,
  args: readonly string[],
  platform = process.platform,
): { program: string; args: string[] } {
  const { memory } = videoLimits;
  if (memory === Number.POSITIVE_INFINITY) return { program, args: [...args] };
  if (platform !== 'linux') return { program, args: ['-max_alloc', String(memory), ...args] };
  // A limit that is lower already cannot be raised, and stays.
  const script = 'ulimit -v "$0" 2>/dev/null; exec "$@"';
  return { program: '/bin/sh', args: ['-c', script, String(Math.ceil(memory / 1024)), program, ...args] };
}
