import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat, truncate } from 'node:fs/promises';
import { parseJson, writeJson } from '../base/json.js';
import { LineSplitter } from '../base/lineSplitter.js';
import { shown } from '../data/tables/vocabulary.js';
import type { Item, Items } from './items.js';
import { claimOutput, type MadeBy } from './madeBy.js';
import { type Outcome, Outcomes } from './outcomes.js';

/** A JSON Lines file of scores: the fields of each item, its `index`, and its `score` or `error`. */
export interface LinesFile {
  /** Those that the file had when it was opened, and that were written since. */
  outcomes: Outcomes;
  /** Adds the lines of items. */
  write(lines: readonly (readonly [Item, Outcome])[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a file of scores to continue it, or makes it. A last line that a killed process left unfinished is cut off.
 * @param made what makes the scores, which is kept beside the file.
 * @throws when a line is not a line of scores, or belongs to other items, the last one is not a beginning of a line of these
 *   items, or something else made the file: nothing is changed then.
 */
export async function openLines(path: string, items: Items, made: MadeBy): Promise<LinesFile> {
  const size = await sizeOf(path);
  const outcomes = new Outcomes(items.total);
  const complete = size > 0 ? await readLines(path, items, outcomes) : 0;
  await claimOutput(path, made, size === 0);
  if (complete < size) await truncate(path, complete);
  const file = await open(path, 'a');
  return {
    outcomes,
    async write(lines) {
      if (lines.length === 0) return;
      const texts = lines.map(
        ([{ index, fields }, outcome]) => `${writeJson({ ...fields, index, ...outcome })}\n`,
      );
      await file.appendFile(texts.join(''));
      for (const [{ index }, outcome] of lines) outcomes.add(index, outcome);
    },
    close: () => file.close(),
  };
}

/** Bytes of a file; 0 where it is not there. */
async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new Error(`score: cannot read ${path}: ${error.message}`);
  });
  if (found && !found.isFile()) throw new Error(`score: cannot read ${path}: it is not a file`);
  return found?.size ?? 0;
}

/** Adds the outcomes of the complete lines. @returns the bytes of these. */
async function readLines(path: string, items: Items, outcomes: Outcomes): Promise<number> {
  const known = new Float64Array(items.total);
  for await (const { index, fields } of items.read()) known[index] = fingerprint(fields);
  let count = 0;
  let complete = 0;
  const failure = (why: string) =>
    new Error(`score: ${path} line ${count} ${why}; choose another output, or delete this one`);
  const { rest } = await eachLine(path, (line) => {
    count++;
    complete += line.length + 1;
    const { index, outcome } = readLine(line.toString('utf8'), known, failure);
    if (outcomes.has(index)) throw failure(`is a second one of item ${index}`);
    outcomes.add(index, outcome);
  });
  if (rest.length === 0) return complete;
  for await (const item of items.read()) {
    if (!outcomes.has(item.index) && isBeginning(rest, item)) return complete;
  }
  count++;
  throw failure('has no end, and is not the beginning of a line of these items');
}

/** Calls for each line that has an end. @returns what stands behind the last of them. */
async function eachLine(path: string, onLine: (line: Buffer) => void): Promise<{ rest: Buffer }> {
  const lines = new LineSplitter();
  const chunks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: 1 << 20 });
  for await (const chunk of chunks) for (const line of lines.push(chunk)) onLine(line);
  return { rest: lines.rest };
}

/** 48 bits of the fields of an item that its line has unchanged. */
function fingerprint({ score: _, ...fields }: Record<string, unknown>): number {
  return createHash('sha1').update(writeJson(fields)).digest().readUIntBE(0, 6);
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
    if (name === 'error') return isBeginningOfText(rest);
    return end.startsWith(rest.replace(/^[-+.\deE]+/, ''));
  });
}

/** Whether a text is the beginning of a string of JSON, which `}` may follow. */
function isBeginningOfText(text: string): boolean {
  if (!text.startsWith('"')) return false;
  for (let i = 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return ['', '}'].includes(text.slice(i + 1));
  }
  return true;
}

/** @param known fingerprints of the items. */
function readLine(
  line: string,
  known: Float64Array,
  fail: (why: string) => Error,
): { index: number; outcome: Outcome } {
  let parsed: Record<string, unknown>;
  try {
    parsed = parseJson(line) as Record<string, unknown>;
  } catch {
    throw fail('is not valid JSON');
  }
  const { index, score, error, ...fields } = parsed ?? {};
  if (typeof index !== 'number' || !(index in known)) {
    throw fail(`has the index ${shown(index)}, and the input has ${known.length} items`);
  }
  if (fingerprint(fields) !== known[index]) throw fail(`is of another item than item ${index}`);
  if (typeof error === 'string') return { index, outcome: { error } };
  if (typeof score !== 'number') throw fail('has neither a score nor an error');
  return { index, outcome: { score } };
}
