#!/usr/bin/env node
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { RemedyError } from './base/runProgram.js';
import { UsageError, type Verb } from './cli/verb.js';

/** Each is loaded when it is asked for: together they take a second. */
const verbs: Record<string, () => Promise<Verb>> = {
  init: async () => (await import('./cli/init.js')).init,
  doctor: async () => (await import('./cli/doctor.js')).doctor,
  engine: async () => (await import('./cli/engine.js')).engine,
  kernel: async () => (await import('./cli/kernel.js')).kernel,
  run: async () => (await import('./cli/run.js')).run,
  score: async () => (await import('./cli/score.js')).score,
  features: async () => (await import('./cli/features.js')).features,
  cluster: async () => (await import('./cli/cluster.js')).cluster,
  serve: async () => (await import('./cli/serve.js')).serve,
  audit: async () => (await import('./cli/audit.js')).audit,
  benchmark: async () => (await import('./cli/benchmark.js')).benchmark,
  analyze: async () => (await import('./cli/analyze.js')).analyze,
  verify: async () => (await import('./cli/verify.js')).verify,
};

const usageOf = (shown: readonly Verb[]): string => ['usage:', ...shown.map(({ usage }) => usage)].join('\n');
const overview = `usage: solireward COMMAND, one of ${Object.keys(verbs).join(', ')}
solireward --help explains all of them, solireward COMMAND --help one`;

/** Runs one command line and returns the exit code: 0, 1 when something is wrong, 2 for a wrong command. */
export async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  const known = name !== undefined && Object.hasOwn(verbs, name);
  const verb = known ? await verbs[name]() : undefined;
  try {
    if (args.includes('--help') || args.includes('-h')) {
      const shown = verb ? [verb] : await Promise.all(Object.values(verbs).map((load) => load()));
      console.log(usageOf(shown));
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
