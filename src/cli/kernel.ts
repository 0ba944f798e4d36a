import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { installKernelspec, installLabextension } from '../../kernel/process/install.js';
import { hasBinding } from '../engine/build/bindingPackage.js';
import { parse, UsageError, type Verb } from './verb.js';

/** `solireward kernel install`: registers the Jupyter kernel, with the extension of JupyterLab. */
export const kernel: Verb = {
  usage: `  solireward kernel install [--prefix DIR]     install kernel and JupyterLab extension into an environment
                                               (by default the active one, else .venv, else ~/.local)`,

  async run(args) {
    const { values, positionals } = parse(args, { prefix: { type: 'string' } });
    const command = ['kernel', ...positionals].join(' ');
    if (command !== 'kernel install') throw new UsageError(`unknown command '${command}'`);
    const prefix = values.prefix ?? defaultPrefix();
    console.log(`installed ${installKernelspec({ prefix })}`);
    console.log(`installed ${installLabextension({ prefix })}`);
    if (!hasBinding()) console.log(onWasm);
    return 0;
  },
};

/** What to do where npm could not bring the native engine, which it does not say. */
const onWasm =
  'Without a GPU this project computes on WebAssembly, which trains about six times slower than the native engine; to get that: npx solireward engine build';

function defaultPrefix(): string {
  if (process.env.VIRTUAL_ENV) return process.env.VIRTUAL_ENV;
  return existsSync('.venv') ? resolve('.venv') : join(homedir(), '.local');
}
