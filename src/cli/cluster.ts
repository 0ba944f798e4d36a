import { type ManifestOptions, manifest } from '../cluster/manifest.js';
import { merge } from '../cluster/merge.js';
import { type PlanOptions, plan } from '../cluster/plan.js';
import { logs, queue, queueText } from '../cluster/queue.js';
import { inRanges } from '../cluster/ranges.js';
import { status } from '../cluster/status.js';
import type { SubmitOptions } from '../cluster/submissions.js';
import { resubmit, submit } from '../cluster/submit.js';
import { videoLimits } from '../data/video/videoLimits.js';
import { taskPrompts } from '../model/input/prompt.js';
import { shardsOf } from '../score/plan.js';
import { setLimit } from './limits.js';
import { parse, UsageError, type Verb } from './verb.js';

const text = { type: 'string' } as const;
type Args = string[];

/** Options of `submit` and `resubmit`. */
const submitted = {
  ...{ run: text, on: text, parallel: text, cpus: text, gpus: text, address: text, command: text },
  sbatch: { type: 'string', multiple: true },
} as const;

const verbs: Record<string, (args: Args) => Promise<number>> = {
  async plan(args) {
    const { values } = options('plan', args, {
      ...{ run: text, input: text, model: text, shards: text, task: text, 'batch-size': text, engine: text },
      ...{ limit: { type: 'string', multiple: true }, features: text, cache: text },
    } as const);
    const { run, input, model, shards, task, engine, features, cache } = values;
    if (!run || !input || !model) throw new UsageError('cluster plan needs --run, --input and --model');
    if ((features === undefined) !== (cache === undefined))
      throw new UsageError('cluster plan takes --features and --cache together');
    for (const limit of values.limit ?? []) setLimit(limit);
    const names = (values.limit ?? []).map((limit) => limit.split('=')[0] as keyof typeof videoLimits);
    const made = await plan({
      ...{ run, input, model },
      ...(shards !== undefined && { shards: Number(shards) }),
      ...(task !== undefined && { prompts: taskPrompts(task) }),
      ...(values['batch-size'] !== undefined && { batchSize: Number(values['batch-size']) }),
      ...(engine !== undefined && { engine: engine as PlanOptions['engine'] }),
      limits: Object.fromEntries(names.map((name) => [name, videoLimits[name]])),
      ...(cache !== undefined && { features: { trainable: features as 'head', cache } }),
    });
    console.log(`${made.input.items} items in ${made.shards} shards are planned in ${run}`);
    return 0;
  },

  async submit(args) {
    const { values } = options('submit', args, submitted);
    const settings = submitOptions('submit', values);
    if (!settings.on) throw new UsageError('cluster submit needs --on slurm or --on ray');
    const { name, shards, jobs = [] } = await submit(runOf('submit', values), settings as SubmitOptions);
    console.log(`${shards.length} shards in ${jobs.length} jobs were submitted as ${name}`);
    return 0;
  },

  async resubmit(args) {
    const { values } = options('resubmit', args, { ...submitted, shards: text });
    const run = runOf('resubmit', values);
    const shards = values.shards === undefined ? [] : numbersOf(values.shards);
    const started = await resubmit(run, { ...submitOptions('resubmit', values), shards });
    console.log(
      started
        ? `${started.shards.length} shards (${inRanges(started.shards)}) were submitted as ${started.name}`
        : 'nothing to start: every shard is done, running, or waiting for a worker',
    );
    return 0;
  },

  async status(args) {
    const { values } = options('status', args, { run: text });
    const run = runOf('status', values);
    const found = await status(run);
    console.log(String(found));
    if (found.isComplete) return 0;
    const said = await queue(run).then(queueText, (error: Error) => error.message);
    if (said) console.log(`the scheduler says: ${said}`);
    return 1;
  },

  async manifest(args) {
    const known = {
      run: text,
      on: text,
      image: text,
      volume: text,
      mount: text,
      parallel: text,
      cpus: text,
      gpus: text,
    };
    const { values } = options('manifest', args, known);
    const { on, image, volume, mount, parallel, cpus, gpus } = values;
    if (!on || !image || !volume || !parallel)
      throw new UsageError('cluster manifest needs --run, --on, --image, --volume and --parallel');
    const made = await manifest(runOf('manifest', values), {
      ...{ on: on as ManifestOptions['on'], image, volume, parallel: Number(parallel) },
      ...{ mount, gpus, cpus: cpus === undefined ? undefined : Number(cpus) },
    });
    process.stdout.write(made);
    return 0;
  },

  async logs(args) {
    const { values } = options('logs', args, { run: text, shard: text });
    const shard = Number(values.shard ?? Number.NaN);
    if (!Number.isSafeInteger(shard)) throw new UsageError('cluster logs needs --run and --shard');
    console.log(await logs(runOf('logs', values), shard));
    return 0;
  },

  async merge(args) {
    const { values } = options('merge', args, { run: text, output: text });
    const { output, items, made, failed, failures } = await merge(runOf('merge', values), values);
    console.log(`${items} items, ${made} done, ${failed} failed; all are in ${output}`);
    for (const { items, reason } of failures) console.log(`${items} items: ${reason}`);
    return 0;
  },
};

/** `solireward cluster`: runs in shards. */
export const cluster: Verb = {
  usage: `  solireward cluster plan --run DIR --input items.json --model DIR [--shards N] [--task TASK]
                   [--batch-size 4] [--engine auto] [--limit NAME=NUMBER]... [--features head --cache DIR]
                                               cut items into shards for many machines
  solireward cluster submit --run DIR --on slurm|ray [--parallel K] [--cpus 1] [--gpus 0] [--command TEXT]
                   [--sbatch=--partition=gpu]... [--address http://HEAD:8265]
                                               start workers, once
  solireward cluster manifest --run DIR --on kubernetes|skypilot --image IMAGE --volume NAME --parallel K
                   [--mount DIR] [--cpus 1] [--gpus 1|L4:1]
                                               print a file that starts workers there
  solireward cluster status --run DIR          what is done by the manifests on disk; 1 until all is
  solireward cluster resubmit --run DIR [--shards 3,7-9]
                                               start what is not done and nobody works on
  solireward cluster logs --run DIR --shard I  what the latest worker of a shard has printed
  solireward cluster merge --run DIR [--output FILE]
                                               join the shards, in the order of the input`,

  async run([name, ...args]) {
    if (name === undefined || !Object.hasOwn(verbs, name))
      throw new UsageError(`cluster takes one of ${Object.keys(verbs).join(', ')}, received '${name ?? ''}'`);
    return verbs[name](args);
  },
};

function options<const T extends NonNullable<Parameters<typeof parse>[1]>>(
  name: string,
  args: Args,
  known: T,
): ReturnType<typeof parse<T>> {
  const parsed = parse(args, known);
  if (parsed.positionals.length > 0)
    throw new UsageError(`cluster ${name} takes no argument '${parsed.positionals[0]}'`);
  return parsed;
}

/** @throws UsageError for numbers that are none. */
function submitOptions(
  name: string,
  values: { [option in keyof typeof submitted]?: string | string[] },
): Partial<SubmitOptions> {
  const { on, address, command, sbatch } = values as Record<string, never>;
  const number = (option: 'parallel' | 'cpus' | 'gpus', least: number) => {
    if (values[option] === undefined) return {};
    const value = Number(values[option]);
    if (!(value >= least))
      throw new UsageError(`cluster ${name} --${option} takes a number, received '${values[option]}'`);
    return { [option]: value };
  };
  if (on !== undefined && !['slurm', 'ray'].includes(on))
    throw new UsageError(`cluster ${name} --on takes slurm or ray, received '${on}'`);
  return {
    ...(on !== undefined && { on }),
    ...{ ...number('parallel', 1), ...number('cpus', 0), ...number('gpus', 0) },
    ...(address !== undefined && { address }),
    ...(command !== undefined && { command: (command as string).split(' ') }),
    ...(sbatch !== undefined && { sbatch }),
  };
}

/** @throws UsageError for what are not shards. */
function numbersOf(list: string): number[] {
  try {
    return shardsOf(`${list}/${Number.MAX_SAFE_INTEGER}`).shards;
  } catch {
    throw new UsageError(`cluster resubmit --shards takes numbers such as 3,7-9, received '${list}'`);
  }
}

function runOf(name: string, { run }: { run?: string }): string {
  if (!run) throw new UsageError(`cluster ${name} needs --run`);
  return run;
}
