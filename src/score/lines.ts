import { mkdir, open, readFile, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseJson, writeJson } from '../base/json.js';
import type { Item } from './items.js';

/** What became of an item: its score, or why it has none. */
export type Outcome = { score: number } | { error: string };

/** A JSON Lines file of scores: the fields of each item, its `index`, and its `score` or `error`. */
export interface LinesFile {
  /** Outcomes by index that the file had when it was opened. */
  done: Map<number, Outcome>;
  /** Adds the line of an item. */
  write(item: Item, outcome: Outcome): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a file of scores to go on with it, or makes it and its folder. A last line that a killed process left unfinished
 * is cut off.
 * @throws when a line is no line of scores, or belongs to other items: nothing is changed then.
 */
export async function openLines(path: string, items: readonly Item[]): Promise<LinesFile> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw new Error(`score: cannot read ${path}: ${error.message}`);
  });
  const complete = bytes.lastIndexOf('\n') + 1;
  const done = new Map<number, Outcome>();
  const lines = bytes.subarray(0, complete).toString('utf8').split('\n').slice(0, -1);
  lines.forEach((line, i) => {
    const fail = (why: string) =>
      new Error(`score: ${path} line ${i + 1} ${why}; choose another output, or delete this one`);
    const { index, outcome } = readLine(line, items, fail);
    if (done.has(index)) throw fail(`is a second one of item ${index}`);
    done.set(index, outcome);
  });

  await mkdir(dirname(path), { recursive: true });
  if (complete < bytes.length) await truncate(path, complete);
  const file = await open(path, 'a');
  return {
    done,
    async write({ index, fields }, outcome) {
      await file.appendFile(`${writeJson({ ...fields, index, ...outcome })}\n`);
    },
    close: () => file.close(),
  };
}

function readLine(
  line: string,
  items: readonly Item[],
  fail: (why: string) => Error,
): { index: number; outcome: Outcome } {
  let parsed: Record<string, unknown>;
  try {
    parsed = parseJson(line) as Record<string, unknown>;
  } catch {
    throw fail('is not JSON');
  }
  const { index, score, error, ...fields } = parsed ?? {};
  const item = items[index as number];
  if (!item) throw fail(`has the index ${index}, and the input has ${items.length} items`);
  const { score: _, ...expected } = item.fields;
  if (writeJson(fields) !== writeJson(expected)) throw fail(`is of another item than item ${index}`);
  if (typeof error === 'string') return { index: item.index, outcome: { error } };
  if (typeof score !== 'number') throw fail('has neither a score nor an error');
  return { index: item.index, outcome: { score } };
}
