import { randomUUID } from 'node:crypto';
import { open, readFile, truncate } from 'node:fs/promises';
import { parseJson, writeJson } from '../base/json.js';
import type { Item } from './items.js';
import { claimOutput, type MadeBy } from './madeBy.js';

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
 * Opens a file of scores to go on with it, or makes it. A last line that a killed process left unfinished is cut off.
 * @param made what makes the scores, which is kept beside the file.
 * @throws when a line is no line of scores, or belongs to other items, the last one is no beginning of a line of these
 *   items, or something else made the file: nothing is changed then.
 */
export async function openLines(path: string, items: readonly Item[], made: MadeBy): Promise<LinesFile> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw new Error(`score: cannot read ${path}: ${error.message}`);
  });
  const complete = bytes.lastIndexOf('\n') + 1;
  const done = new Map<number, Outcome>();
  const lines = bytes.subarray(0, complete).toString('utf8').split('\n').slice(0, -1);
  const failure = (i: number, why: string) =>
    new Error(`score: ${path} line ${i + 1} ${why}; choose another output, or delete this one`);
  lines.forEach((line, i) => {
    const fail = (why: string) => failure(i, why);
    const { index, outcome } = readLine(line, items, fail);
    if (done.has(index)) throw fail(`is a second one of item ${index}`);
    done.set(index, outcome);
  });

  const rest = bytes.subarray(complete);
  if (rest.length > 0 && !items.some((item) => !done.has(item.index) && isBeginning(rest, item))) {
    throw failure(lines.length, 'has no end, and is not the beginning of a line of these items');
  }
  await claimOutput(path, made, bytes.length === 0);
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

/** What stands for the outcome in a line. */
const place = randomUUID();

/** Whether bytes are the beginning of a line of an item, whatever its outcome. */
function isBeginning(bytes: Buffer, { index, fields }: Item): boolean {
  return (['score', 'error'] as const).some((name) => {
    const [start, end] = writeJson({ ...fields, index, [name]: place }).split(`"${place}"`);
    const before = Buffer.from(start);
    if (bytes.length <= before.length) return bytes.equals(before.subarray(0, bytes.length));
    if (!bytes.subarray(0, before.length).equals(before)) return false;
    const rest = bytes.subarray(before.length).toString('utf8');
    if (name === 'error') return /^"(?:[^"\\]|\\.)*(?:\\|"\}?)?$/s.test(rest);
    return end.startsWith(rest.replace(/^[-+.\deE]+/, ''));
  });
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
