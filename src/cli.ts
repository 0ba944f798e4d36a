#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RemedyError } from './base/runProgram.js';
import { analyze } from './cli/analyze.js';
import { audit } from './cli/audit.js';
import { benchmark } from './cli/benchmark.js';
import { cluster } from './cli/cluster.js';
import { doctor } from './cli/doctor.js';
import { engine } from './cli/engine.js';
import { features } from './cli/features.js';
import { init } from './cli/init.js';
import { kernel } from './cli/kernel.js';
import { run } from './cli/run.js';
import { score } from './cli/score.js';
import { serve } from './cli/serve.js';
import { UsageError, type Verb } from './cli/verb.js';
import { verify } from './cli/verify.js';

const verbs: Record<string, Verb> = {
  init,
  doctor,
  engine,
  kernel,
  run,
  score,
  features,
  cluster,
  serve,
  audit,
  benchmark,
  analyze,
  verify,
};

const usageOf = (shown: readonly Verb[]): string => ['usage:', ...shown.map(({ usage }) => usage)].join('\n');
const overview = `usage: solireward COMMAND, one of ${Object.keys(verbs).join(', ')}
solireward --help explains all of them, solireward COMMAND --help one`;

/** Runs one command line and returns the exit code: 0, 1 when something is wrong, 2 for a wrong command. */
export async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  const verb = name !== undefined && Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  try {
    if (args.includes('--help') || args.includes('-h')) {
      console.log(usageOf(verb ? [verb] : Object.values(verbs)));
      return 0;
    }
    if (name === undefined) throw new UsageError('no command was given');
    if (!verb) throw new UsageError(`unknown command '${name}'`);
    return await verb.run(rest);
  } catch (error) {
    console.error(`solireward: ${(error as Error).message}`);
    if (error instanceof RemedyError) console.error(`What to do: ${error.remedy}`);
    if (!(error instanceof UsageError)) return 1;
    console.error(verb ? usageOf([verb]) : overview);
    return 2;
  }
}

// As a program, also through the link that npm makes; not when a test imports this file.
if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}
