import { type ParseArgsConfig, parseArgs } from 'node:util';

/** One command of `solireward`. */
export interface Verb {
  /** Its lines of the usage. */
  usage: string;
  /**
   * Runs it and returns the exit code: 0, or 1 when something is wrong.
   * @throws UsageError for arguments that it does not take.
   */
  run(args: string[]): Promise<number>;
}

/** A command line that makes no sense. */
export class UsageError extends Error {}

/**
 * The options and positional arguments of a command line.
 * @throws UsageError for an unknown option, or one without its value.
 */
export function parse<const T extends NonNullable<ParseArgsConfig['options']>>(
  args: string[],
  options: T,
): ReturnType<typeof parseArgs<{ allowPositionals: true; options: T }>> {
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
