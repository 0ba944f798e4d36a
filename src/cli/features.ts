import { workerOptions, workOn } from './shards.js';
import { parse, UsageError, type Verb } from './verb.js';

/** `solireward features`: the worker of a run that keeps features. */
export const features: Verb = {
  usage: `  solireward features --run DIR --shard i/n    keep the features of one shard of a run`,

  async run(args) {
    const { values, positionals } = parse(args, workerOptions);
    if (positionals.length > 0) throw new UsageError(`features takes no argument '${positionals[0]}'`);
    if (!values.run || !values.shard) throw new UsageError('features needs --run and --shard');
    return workOn('features', values.shard, values.run);
  },
};
