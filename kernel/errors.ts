import { inspect } from 'node:util';

/** An error as the protocol tells it. */
export interface ErrorContent {
  ename: string;
  evalue: string;
  traceback: string[];
}

/** Name, message and stack of whatever a cell threw. */
export function errorContent(error: unknown): ErrorContent {
  if (!(error instanceof Error))
    return { ename: 'Error', evalue: inspect(error), traceback: [inspect(error)] };
  // A stack without frames is written for the reader; inspect would put it in brackets.
  const hasFrames = /\n\s+at /.test(error.stack ?? '');
  const text = hasFrames ? inspect(error) : (error.stack ?? inspect(error));
  return { ename: error.name, evalue: error.message, traceback: text.split('\n') };
}
