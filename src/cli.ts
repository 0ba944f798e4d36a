#!/usr/bin/env node
import { existsSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { installKernelspec } from '../kernel/install.js';
import { doctor, isHealthy } from './doctor.js';

const usage = `usage:
  solireward doctor [--json]                   look at Node, engines, ffmpeg, GPU, Jupyter, kernelspec
  solireward kernel install [--prefix DIR]     install the Jupyter kernel into an environment
                                               (by default the active one, else .venv, else ~/.local)`;

/** Runs one command line and returns the exit code: 0, 1 when something is wrong, 2 for a wrong command. */
export async function main(args: string[]): Promise<number> {
  try {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        prefix: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    const command = positionals.join(' ');
    if (values.help) return print(usage);
    if (command === 'doctor') return await printFindings(values.json === true);
    if (command === 'kernel install') {
      return print(`installed ${installKernelspec({ prefix: values.prefix ?? defaultPrefix() })}`);
    }
    throw new TypeError(command ? `unknown command '${command}'` : 'no command was given');
  } catch (error) {
    console.error(`solireward: ${(error as Error).message}`);
    if (!(error instanceof TypeError)) return 1;
    console.error(usage);
    return 2;
  }
}

function print(text: string): number {
  console.log(text);
  return 0;
}

async function printFindings(json: boolean): Promise<number> {
  const findings = await doctor();
  if (json) console.log(JSON.stringify(findings, null, 2));
  else {
    for (const { name, ok, required, detail } of findings) {
      const mark = ok ? 'ok' : required ? 'FAILED' : '-';
      console.log(`${mark.padEnd(7)} ${name.padEnd(14)} ${detail}`);
    }
  }
  return isHealthy(findings) ? 0 : 1;
}

function defaultPrefix(): string {
  if (process.env.VIRTUAL_ENV) return process.env.VIRTUAL_ENV;
  return existsSync('.venv') ? resolve('.venv') : join(homedir(), '.local');
}

// As a program, also through the link that npm makes; not when a test imports this file.
if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}
