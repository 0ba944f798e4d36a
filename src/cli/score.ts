import { paceText } from '../base/pace.js';
import { videoLimits } from '../data/video/videoLimits.js';
import { type EngineName, use } from '../engine/use.js';
import { type Prompts, taskPrompts } from '../model/input/prompt.js';
import { load } from '../model/load.js';
import type { ScoreProgress } from '../score/clips.js';
import { file, type ScoreFileResult } from '../score/file.js';
import { setLimit } from './limits.js';
import { workerOptions, workOn } from './shards.js';
import { parse, UsageError, type Verb } from './verb.js';

/** `solireward score`: scores the clips of an inference file; 1 when any of them failed. */
export const score: Verb = {
  usage: `  solireward score --model DIR --input items.json --output scores.jsonl
                   [--task TASK] [--system-prompt TEXT] [--user-prompt TEXT] [--batch-size 4] [--engine auto]
                   [--limit NAME=NUMBER]...
                                               score clips; what the output has already is not scored again.
                                               TASK: phy_deform or text_alignment, for a model that has no prompts;
                                               NAME of a clip's limit: ${Object.keys(videoLimits).join(', ')}
  solireward score --run DIR --shard i/n       score one shard of a run, or several: 0,4,8/n or 0-7/n`,

  async run(args) {
    const text = { type: 'string' } as const;
    const { values, positionals } = parse(args, {
      ...{ model: text, input: text, output: text, task: text, 'system-prompt': text, 'user-prompt': text },
      ...{ 'batch-size': text, engine: text, limit: { type: 'string', multiple: true }, ...workerOptions },
    });
    const { model: folder, input, output, engine = 'auto' } = values;
    if (positionals.length > 0) throw new UsageError(`score takes no argument '${positionals[0]}'`);
    if (values.run !== undefined || values.shard !== undefined) {
      if (!values.run || !values.shard || Object.keys(values).length > 2)
        throw new UsageError('score takes --run and --shard together, and all else from the plan of the run');
      return workOn('score', values.shard, values.run);
    }
    if (!folder || !input || !output) throw new UsageError('score needs --model, --input and --output');
    const batchSize = Number(values['batch-size'] ?? 4);
    for (const limit of values.limit ?? []) setLimit(limit);

    await use(engine as EngineName);
    const model = await load(folder);
    const prompts: Prompts = { ...(values.task ? taskPrompts(values.task) : model.prompts) };
    if (values['system-prompt'] !== undefined) prompts.system = values['system-prompt'];
    if (values['user-prompt'] !== undefined) prompts.user = values['user-prompt'];
    const onProgress = process.stderr.isTTY ? showProgress : undefined;
    const result = await file(model, { input, output, prompts, batchSize, onProgress });
    console.log(summary(result, output));
    return result.failed > 0 ? 1 : 0;
  },
};

function showProgress({ done, total, failed, ...pace }: ScoreProgress): void {
  const end = done === total ? '\n' : '';
  process.stderr.write(`\r${done} of ${total} items, ${failed} failed; ${paceText(pace)}  ${end}`);
}

/** The numbers that the official code prints. */
function summary({ total, failed, scores }: ScoreFileResult, output: string): string {
  const lines = [`${scores.length} of ${total} items have a score, ${failed} failed; all are in ${output}`];
  if (scores.length > 0) {
    const mean = scores.reduce((sum, x) => sum + x, 0) / scores.length;
    const deviation = Math.sqrt(scores.reduce((sum, x) => sum + (x - mean) ** 2, 0) / scores.length);
    const [min, max] = [scores.reduce((a, b) => Math.min(a, b)), scores.reduce((a, b) => Math.max(a, b))];
    const numbers = { mean, min, max, 'standard deviation': deviation };
    lines.push(
      Object.entries(numbers)
        .map(([name, x]) => `${name} ${x.toFixed(4)}`)
        .join(', '),
    );
  }
  return lines.join('\n');
}
