import { spawn } from 'node:child_process';

/** A failure with its reason and what the user can type. */
export class RemedyError extends Error {
  constructor(
    reason: string,
    readonly remedy: string,
  ) {
    super(reason);
  }
}

export interface RunOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** What the user can do when it fails. Default: type the command. */
  remedy?: string;
}

/**
 * Runs a program to its end and returns what it printed, output and errors together.
 * @throws {RemedyError} with an excerpt of what it printed, when it cannot start or fails.
 */
export function runProgram(
  program: string,
  args: string[],
  { env = process.env, cwd, remedy }: RunOptions = {},
): Promise<string> {
  const command = [program, ...args].join(' ');
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk: Buffer) => {
      output += chunk;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const fail = (reason: string) => reject(new RemedyError(reason, remedy ?? command));
    child.on('error', (error) => fail(`${program}: ${error.message}`));
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else fail(`"${command}" ended with ${code}:\n${excerpt(output)}`);
    });
  });
}

/** The beginning and the end of a long output: npm says what is wrong first, compilers and pip say it last. */
function excerpt(output: string): string {
  const lines = output.trim().split('\n');
  return (lines.length <= 30 ? lines : [...lines.slice(0, 15), '...', ...lines.slice(-15)]).join('\n');
}
