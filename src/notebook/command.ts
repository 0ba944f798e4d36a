import { spawn, spawnSync } from 'node:child_process';
import { inspect } from 'node:util';
import { cellSignal, jupyterDisplay, type MimeBundle, mime } from '../base/host.js';

/** What a command has written, to stdout and stderr in the order in which it came, and how it ended. */
export interface CommandResult {
  /** What it has written. */
  output: string;
  /** 0 where it succeeded. */
  exitCode: number;
}

/** How a command is run. */
export interface CommandOptions {
  /** Ends the command and all that it has started. Default: the interrupt of the running cell. */
  signal?: AbortSignal;
}

/** Time that an ended command has to clean up before it is killed. */
const graceMilliseconds = 300;

/**
 * Runs a command and shows its output while it runs.
 * @param name what errors call the command
 * @param args without a shell; or true: `file` is a line for the system's shell
 * @throws Error with the command and its exit code when it fails; the signal's reason when it is ended
 */
export async function runCommand(
  name: string,
  file: string,
  args: readonly string[] | true,
  { signal = cellSignal() }: CommandOptions = {},
): Promise<CommandResult> {
  signal?.throwIfAborted();
  // A group of its own: what the command has started ends with it. Windows has no groups, but knows whose child is whose.
  const windows = process.platform === 'win32';
  const stdio = ['ignore', 'pipe', 'pipe'] as ['ignore', 'pipe', 'pipe'];
  const options = { stdio, detached: !windows, windowsHide: true };
  const child = args === true ? spawn(file, { ...options, shell: true }) : spawn(file, [...args], options);
  const kill = (killSignal: NodeJS.Signals) => {
    if (windows) spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f'], { windowsHide: true });
    else
      try {
        process.kill(-child.pid!, killSignal);
      } catch {
        // It has ended.
      }
  };
  const killAtExit = () => child.exitCode === null && kill('SIGKILL');
  const abort = () => {
    kill('SIGTERM');
    setTimeout(() => kill('SIGKILL'), graceMilliseconds).unref();
  };
  let output = '';
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8');
    child[stream].on('data', (text: string) => {
      output += text;
      process[stream].write(text);
    });
  }
  try {
    process.once('exit', killAtExit);
    signal?.addEventListener('abort', abort, { once: true });
    const exitCode = await new Promise<number>((resolve, reject) => {
      child.once('error', (error) => reject(new Error(`${name} cannot be started: ${error.message}`)));
      child.once('close', (code, killedBy) => {
        if (signal?.aborted) reject(signal.reason);
        else if (killedBy) reject(new Error(`${name} was ended by ${killedBy}`));
        else resolve(code!);
      });
    });
    if (exitCode !== 0) throw new Error(`${name} ended with exit code ${exitCode}`);
    return hiddenWhereShown({ output, exitCode });
  } finally {
    process.removeListener('exit', killAtExit);
    signal?.removeEventListener('abort', abort);
  }
}

/** A result that the cell of the command, where its output stands already, does not show again. */
function hiddenWhereShown(result: CommandResult): CommandResult {
  const cell = cellSignal();
  const shown = (): MimeBundle =>
    cell !== undefined && cellSignal() === cell ? {} : { [mime.text]: inspect({ ...result }) };
  return Object.defineProperty(result, jupyterDisplay, { value: shown });
}
