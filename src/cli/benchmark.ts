import { replaceFile } from '../base/replaceFile.js';
import { evaluate } from '../benchmark/evaluate.js';
import { type BenchmarkName, benchmarkNames, read } from '../benchmark/read.js';
import { readScores } from '../data/tables/readScores.js';
import { parse, UsageError, type Verb } from './verb.js';

/** `solireward benchmark`: reads a public benchmark, and says how well scores agree with its people. */
export const benchmark: Verb = {
  usage: `  solireward benchmark NAME FILE [--scores FILE] [--videos DIR] [--items FILE] [--json FILE]
                       [--dimension NAME[=SCORE]]... [--threshold NUMBER] [--seed 0] [--samples 1000]
                       [--clip COLUMN] [--score COLUMNS] [--metric COLUMN]
                                               what people say in a benchmark's FILE, and with --scores how well
                                               those agree; --items writes the clips for \`solireward score\`.
                                               NAME: ${benchmarkNames.join(', ')}`,

  async run(args) {
    const text = { type: 'string' } as const;
    const { values, positionals } = parse(args, {
      ...{ scores: text, videos: text, items: text, json: text, threshold: text, seed: text, samples: text },
      ...{ dimension: { type: 'string', multiple: true }, clip: text, score: text, metric: text },
    });
    const [name, file] = positionals;
    if (positionals.length !== 2)
      throw new UsageError(`benchmark takes a name and a file, received ${positionals.length} arguments`);
    if (!benchmarkNames.includes(name as BenchmarkName))
      throw new UsageError(`there is no benchmark '${name}'; there are ${benchmarkNames.join(', ')}`);
    const { scores, videos, items, json, clip, score, metric } = values;
    if (json && !scores) throw new UsageError('--json writes what --scores are worth: give them');
    const given = await read(name as BenchmarkName, file, { ...(videos !== undefined && { videos }) });
    console.log(String(given));
    if (items) {
      const lines = given.clips.map(({ path, prompt }) => JSON.stringify({ video_path: path, prompt }));
      await replaceFile(items, (draft) => draft.writeFile(`[${lines.join(',\n')}]\n`));
      console.log(`wrote ${items}`);
    }
    if (!scores) return 0;
    const table = await readScores(scores, {
      ...(clip && { clip }),
      ...(score && { score: score.split(',') }),
      ...(metric && { metric }),
    });
    const result = evaluate(given, table, {
      ...(values.dimension && { dimensions: dimensionsOf(values.dimension) }),
      threshold: numberOf('threshold', values.threshold),
      seed: numberOf('seed', values.seed),
      samples: numberOf('samples', values.samples),
    });
    console.log(String(result));
    if (json) {
      await replaceFile(json, (draft) => draft.writeFile(`${JSON.stringify(result, null, 1)}\n`));
      console.log(`wrote ${json}`);
    }
    return 0;
  },
};

/** `VQ` or `VQ=reward_VQ`, all of one form. */
function dimensionsOf(words: readonly string[]): string[] | Record<string, string> {
  const parts = words.map((word) => word.split('='));
  if (parts.every(({ length }) => length === 1)) return [...words];
  if (parts.every(({ length }) => length === 2)) return Object.fromEntries(parts);
  throw new UsageError(`--dimension takes NAME, or NAME=SCORE for each, received '${words.join("', '")}'`);
}

function numberOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number))
    throw new UsageError(`--${option} takes a number, received '${text}'`);
  return number;
}
