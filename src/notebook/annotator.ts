import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { type ColumnTable, from, table } from 'arquero';
import { type Displayable, host, jupyterDisplay, type MimeBundle, mime } from '../base/host.js';
import { escapeHtml } from '../base/html.js';
import type { Clip } from '../data/clip.js';
import { votesTable } from '../data/votes/votes.js';
import { AnnotationQueue } from './annotationQueue.js';
import { AnnotationSession } from './annotationSession.js';
import { writeAnnotationSheet } from './annotationSheet.js';
import { isAnnotatorName, isName } from './annotatorRequest.js';
import type { AnnotatorThreadData } from './annotatorThread.js';
import { serveClip } from './clipServer.js';
import type { AnnotatorData } from './messages.js';
import { VoteFile } from './voteFile.js';

/** What is judged, by whom, and where the votes go. */
export interface AnnotatorOptions {
  /** What the clips are judged on, for example `physics`. */
  dimension: string;
  /** What passes and what fails, in words; shown all the time. */
  criteria: string;
  /** The vote log: a JSON Lines file (.jsonl or .ndjson), made if it is not there and only ever appended to. */
  file: string;
  /** Who may vote. With one name it starts at once; without names everybody may vote who gives theirs. */
  annotators?: readonly string[];
}

/** An annotator that shows itself as the last value of a cell. */
export interface Annotator extends Displayable {
  /** The votes on these clips that stand, from the file as it is now: `clip`, `annotator`, `dimension`, `pass`, ... */
  readonly votes: ColumnTable;
  /** For each annotator how many `votes`, how many `skipped` clips and how many are `left`, as the file is now. */
  readonly progress: ColumnTable;
  /**
   * For front ends without the extension: writes an annotator's clips, in their order, as a CSV file whose column
   * `pass` is to be filled with Pass or Fail and that `readVotes` reads, and beside it an HTML page with the videos.
   * @throws Error when the files are there already or cannot be written
   */
  writeSheet(csv: string, annotator: string): Promise<void>;
}

/**
 * Shows clips one by one, to be judged Pass or Fail on a dimension; every vote is on disk before the next clip is
 * shown. Nobody sees scores, generators or others' votes. Running the cell again resumes where it stopped.
 * @throws {Error} that names what is wrong with the options, a clip, or the file (and its line)
 */
export function annotator(clips: readonly Clip[], options: AnnotatorOptions): Annotator {
  checkOptions(options);
  checkClips(clips);
  const { dimension, criteria, file, annotators = [] } = options;
  const log = new VoteFile(file);
  const queue = new AnnotationQueue(clips, dimension, log);
  const keys = Object.fromEntries(clips.map(({ path }) => [path, serveClip(path)]));
  const session = new AnnotationSession(queue, log, annotators, keys);
  const target = `solireward.annotator.${createHash('sha256').update(`${queue.id} ${log.path}`).digest('hex')}`;
  host()?.onComm(target, (comm) => {
    comm.onMessage(async (request) => comm.send(await session.answer(request)));
  });
  const beside: AnnotatorThreadData = { clips, dimension, file: log.path, annotators, keys };
  host()?.answerBeside?.(target, new URL('./annotatorThread.js', import.meta.url), beside);

  const data: AnnotatorData = { target, dimension, criteria, annotators: [...annotators] };
  return {
    get votes() {
      queue.refresh();
      const votes = queue.votes();
      return votes.length > 0 ? votesTable(votes) : emptyVotes();
    },
    get progress() {
      queue.refresh();
      const names = [...new Set([...annotators, ...queue.annotators])];
      const rows = names.map((name) => queue.progress(name));
      return rows.length > 0 ? from(rows) : table({ annotator: [], votes: [], skipped: [], left: [] });
    },
    async writeSheet(csv, name) {
      session.checkName(name);
      await writeAnnotationSheet(csv, { clips: queue.order(name), annotator: name, dimension, criteria });
    },
    [jupyterDisplay]: () => bundle(data, clips.length, log),
  };
}

function bundle(data: AnnotatorData, clips: number, log: VoteFile): MimeBundle {
  const csv = `${basename(log.path, extname(log.path))}-${data.annotators[0] ?? 'name'}.csv`;
  const call = `await annotator.writeSheet(${JSON.stringify(csv)}, ${JSON.stringify(data.annotators[0] ?? 'name')})`;
  const lines = [
    `${clips} clips to judge on ${data.dimension}. Pass and fail: ${data.criteria}`,
    ...log.repairs,
    'To judge them here, open this notebook in JupyterLab 4 or Notebook 7 with the SoliReward extension ' +
      '(npx solireward kernel install) and run the cell.',
    `Without it: ${call} writes a page with the videos and a CSV file to fill, which readVotes reads.`,
  ];
  return {
    [mime.annotator]: { ...data },
    [mime.html]: lines.map((line) => `<p>${escapeHtml(line)}</p>`).join(''),
    [mime.text]: lines.join('\n'),
  };
}

function checkOptions({ dimension, criteria, file, annotators }: AnnotatorOptions): void {
  if (!isName(dimension)) throw optionError('dimension', 'the name of a dimension', dimension);
  if (typeof criteria !== 'string' || criteria.trim() === '') {
    throw optionError('criteria', 'what passes and what fails, in words', criteria);
  }
  if (typeof file !== 'string' || !/\.(jsonl|ndjson)$/i.test(file)) {
    throw optionError('file', 'a path that ends in .jsonl or .ndjson', file);
  }
  if (annotators === undefined) return;
  if (!Array.isArray(annotators) || annotators.length === 0 || !annotators.every(isAnnotatorName)) {
    throw optionError('annotators', 'a list of names, without spaces around them', annotators);
  }
  const repeated = annotators.find((name, i) => annotators.indexOf(name) !== i);
  if (repeated !== undefined) throw new Error(`annotator: two annotators have the name "${repeated}"`);
}

function optionError(option: string, expected: string, received: unknown): TypeError {
  return new TypeError(
    `annotator: ${option} must be ${expected}, received ${JSON.stringify(received) ?? 'nothing'}`,
  );
}

function checkClips(clips: readonly Clip[]): void {
  if (!Array.isArray(clips))
    throw new TypeError(`annotator: expected an array of clips, received ${typeof clips}`);
  if (clips.length === 0) throw new Error('annotator: there are no clips to judge');
  const seen = new Set<string>();
  for (const [i, { id, path }] of clips.entries()) {
    if (!isName(id))
      throw new TypeError(`annotator: clip ${i + 1}: expected an id, received ${JSON.stringify(id)}`);
    if (seen.has(id)) throw new Error(`annotator: two clips have the id "${id}"`);
    seen.add(id);
    if (typeof path !== 'string' || !statSync(path, { throwIfNoEntry: false })?.isFile()) {
      throw new Error(`annotator: clip "${id}": there is no file ${JSON.stringify(path)}`);
    }
  }
}

function emptyVotes(): ColumnTable {
  return table({ clip: [], annotator: [], dimension: [], pass: [] });
}
