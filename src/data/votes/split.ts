import * as aq from 'arquero';
import { Random } from '../../base/random.js';
import { fieldsOf } from '../tables/fields.js';
import { type LabelTable, withDimensions } from './labels.js';

/** The random stream of splits. */
const stream = 51;

/** Tables of disjoint prompts. */
export interface Split {
  /** Labels to train on. */
  train: LabelTable;
  /** Labels that are held out. */
  test: LabelTable;
  /** Where a share was asked for. */
  validation?: LabelTable;
}

/**
 * Splits labels by prompt: all rows of a prompt are in the same part, so that the test is on unseen prompts. The split
 * depends on the prompts and the seed, not on the order of rows. A warning names clips whose file, or whose prompt's text, is in another part too.
 * @param options `test` and `validation`: shares of prompts, rounded to whole ones.
 * @throws RangeError when a share is not in (0, 1) or nothing is left to train on; Error when a row has no `promptId`,
 * or there are so few prompts that a part is empty.
 */
export function splitByPrompt(
  labels: aq.ColumnTable,
  options: { test: number; validation?: number; seed: number },
): Split {
  const { test, validation, seed } = options;
  checkShares(test, validation);
  const fields = fieldsOf('splitByPrompt', labels);
  if (fields.count === 0) throw fields.failure('has no rows');
  fields.require(['promptId']);
  const prompts = [...new Set(fields.codes('promptId', (row) => fields.name(row, 'promptId')).values)].sort();

  const shuffled = new Random(seed, stream).shuffle(prompts);
  const testEnd = Math.round(test * prompts.length);
  const validationEnd = testEnd + Math.round((validation ?? 0) * prompts.length);
  const part = (name: string, from: number, to?: number) => {
    const chosen = new Set(shuffled.slice(from, to));
    if (chosen.size === 0) {
      throw new Error(
        `splitByPrompt: no prompt is left for ${name}: ${prompts.length === 1 ? 'there is 1 prompt' : `there are ${prompts.length} prompts`}, and the shares are ` +
          `${JSON.stringify({ test, validation })}; label clips of more prompts or change the shares`,
      );
    }
    const isChosen = ({ promptId }: { promptId: unknown }) => chosen.has(String(promptId).trim());
    return withDimensions(labels.filter(aq.escape(isChosen)).reify());
  };
  const split: Split = {
    train: part('train', validationEnd),
    test: part('test', 0, testEnd),
    ...(validation !== undefined && { validation: part('validation', testEnd, validationEnd) }),
  };
  for (const column of ['path', 'prompt'] as const) warnOfShared(split, column);
  return split;
}

/** Warns of files, or texts of prompts, that are in two parts: the test knows them, whatever their ids. */
function warnOfShared(split: Split, column: 'path' | 'prompt'): void {
  const parts = Object.entries(split) as [string, aq.ColumnTable][];
  const partOf = new Map<string, string>();
  const shared = new Map<string, string>();
  for (const [part, rows] of parts) {
    if (!rows.columnNames().includes(column)) return;
    const clips = rows.array('clip') as string[];
    (rows.array(column) as unknown[]).forEach((value, row) => {
      if (value === undefined || value === null) return;
      const key = column === 'prompt' ? String(value).trim().toLowerCase() : String(value);
      const first = partOf.get(key);
      if (first === undefined) partOf.set(key, part);
      else if (first !== part) shared.set(clips[row], `${JSON.stringify(value)} is in ${first} and ${part}`);
    });
  }
  if (shared.size === 0) return;
  const some = [...shared].slice(0, 3).map(([clip, where]) => `clip "${clip}": ${where}`);
  const what = column === 'path' ? 'the file' : 'the text of the prompt';
  console.warn(
    `splitByPrompt: of ${shared.size} clips ${what} is in another part too: ${some.join('; ')}; ` +
      `give them one promptId`,
  );
}

function checkShares(test: number, validation: number | undefined): void {
  for (const [name, share] of Object.entries({ test, validation })) {
    if (share !== undefined && !(share > 0 && share < 1)) {
      throw new RangeError(`splitByPrompt: ${name} must be a share between 0 and 1, received ${share}`);
    }
  }
  if (!(test + (validation ?? 0) < 1)) {
    throw new RangeError(
      `splitByPrompt: test ${test} and validation ${validation} leave nothing to train on; their sum must be below 1`,
    );
  }
}
