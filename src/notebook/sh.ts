import { type CommandOptions, type CommandResult, runCommand } from './command.js';

/**
 * Runs a line in the system's shell, in the folder of the notebook, and shows its output while it runs:
 * `await sh('ls | wc -l')`. An interrupt of the cell ends it with all that it has started.
 * The shell reads the whole line: put no text into it that others have written.
 * @throws Error with the line and its exit code when it fails
 */
export function sh(line: string, options?: CommandOptions): Promise<CommandResult> {
  return runCommand(`sh: "${line}"`, line, true, options);
}
