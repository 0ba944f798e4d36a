import { parentPort, workerData } from 'node:worker_threads';
import type { Clip } from '../data/clip.js';
import { AnnotationQueue } from './annotationQueue.js';
import { AnnotationSession } from './annotationSession.js';
import { VoteFile } from './voteFile.js';

/** What this thread is started with. */
export interface AnnotatorThreadData {
  clips: readonly Clip[];
  dimension: string;
  /** The vote log. */
  file: string;
  annotators: readonly string[];
  /** Of the clips, by path. */
  keys: Readonly<Record<string, string>>;
}

// Takes the votes while a cell computes. All that it shares with the annotator of the cells is the vote log, which several
// processes may write.
const { clips, dimension, file, annotators, keys } = workerData as AnnotatorThreadData;
const log = new VoteFile(file);
const session = new AnnotationSession(new AnnotationQueue(clips, dimension, log), log, annotators, keys);
parentPort!.on('message', async ({ number, request }) => {
  parentPort!.postMessage({ number, answer: await session.answer(request) });
});
