import { replaceFile } from '../base/replaceFile.js';
import { analyze as look } from '../report/analyze.js';
import { parse, UsageError, type Verb } from './verb.js';

/** `solireward analyze`: looks at a score file and writes the report. */
export const analyze: Verb = {
  usage: `  solireward analyze SCORES [--labels VOTES] [--by COLUMN] [--against OTHER] [--html FILE] [--json FILE]
                     [--id COLUMNS] [--score COLUMNS] [--label COLUMN] [--rating COLUMN] [--metric COLUMN]
                     [--prompt COLUMN] [--path COLUMN] [--names NAMES] [--threshold RATING] [--cost NUMBER]
                                               look at a score file of any tool: CSV, TSV, JSON, JSON Lines,
                                               Arrow or Parquet; columns not given are guessed, and the guess
                                               is printed; --id and --score take several, with commas between,
                                               --names what the numbers of list-valued scores are called`,

  async run(args) {
    const { values, positionals } = parse(args, {
      labels: { type: 'string' },
      by: { type: 'string' },
      against: { type: 'string' },
      html: { type: 'string' },
      json: { type: 'string' },
      id: { type: 'string' },
      score: { type: 'string' },
      label: { type: 'string' },
      rating: { type: 'string' },
      metric: { type: 'string' },
      names: { type: 'string' },
      prompt: { type: 'string' },
      path: { type: 'string' },
      threshold: { type: 'string' },
      cost: { type: 'string' },
    });
    if (positionals.length !== 1) {
      throw new UsageError(`analyze takes one score file, received ${positionals.length}`);
    }
    const { html, json, id, score, names, threshold, cost, ...columns } = values;
    const report = await look(positionals[0], {
      ...columns,
      ...(id && { id: id.split(',') }),
      ...(score && { score: score.split(',') }),
      ...(names && { names: names.split(',') }),
      ...(threshold && { threshold: numberOf('threshold', threshold) }),
      ...(cost && { cost: numberOf('cost', cost) }),
    });
    console.log(report.summary);
    if (html) await replaceFile(html, (draft) => draft.writeFile(report.toHtml()));
    if (json) await replaceFile(json, (draft) => draft.writeFile(`${JSON.stringify(report, null, 1)}\n`));
    if (html || json) console.log(`wrote ${[html, json].filter(Boolean).join(' and ')}`);
    return 0;
  },
};

function numberOf(option: string, text: string): number {
  const number = Number(text);
  if (!Number.isFinite(number)) throw new UsageError(`--${option} takes a number, received '${text}'`);
  return number;
}
