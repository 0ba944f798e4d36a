import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { installKernelspec } from '../../kernel/install.js';
import { parse, UsageError, type Verb } from './verb.js';

/** `solireward kernel install`: registers the Jupyter kernel. */
export const kernel: Verb = {
  usage: `  solireward kernel install [--prefix DIR]     install the Jupyter kernel into an environment
                                               (by default the active one, else .venv, else ~/.local)`,

  async run(args) {
    const { values, positionals } = parse(args, { prefix: { type: 'string' } });
    const command = ['kernel', ...positionals].join(' ');
    if (command !== 'kernel install') throw new UsageError(`unknown command '${command}'`);
    console.log(`installed ${installKernelspec({ prefix: values.prefix ?? defaultPrefix() })}`);
    return 0;
  },
};

function defaultPrefix(): string {
  if (process.env.VIRTUAL_ENV) return process.env.VIRTUAL_ENV;
  return existsSync('.venv') ? resolve('.venv') : join(homedir(), '.local');
}
