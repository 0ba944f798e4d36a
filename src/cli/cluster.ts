import { merge } from '../cluster/merge.js';
import { type PlanOptions, plan } from '../cluster/plan.js';
import { status } from '../cluster/status.js';
import { videoLimits } from '../data/video/videoLimits.js';
import { taskPrompts } from '../model/input/prompt.js';
import { setLimit } from './limits.js';
import { parse, UsageError, type Verb } from './verb.js';

const text = { type: 'string' } as const;
type Args = string[];

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

  async status(args) {
    const { values } = options('status', args, { run: text });
    const found = await status(runOf('status', values));
    console.log(String(found));
    return found.isComplete ? 0 : 1;
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
  solireward cluster status --run DIR          what is done by the manifests on disk; 1 until all is
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

function runOf(name: string, { run }: { run?: string }): string {
  if (!run) throw new UsageError(`cluster ${name} needs --run`);
  return run;
}
