import { inspect } from 'node:util';

/** An error as the protocol tells it. */
export interface ErrorContent {
  ename: string;
  evalue: string;
  traceback: string[];
}

/** Stack lines from here on are the kernel's, not the user's. */
const border = /tslab[\\/]dist[\\/]executor|node:vm/;

/** Name, message and stack of whatever a cell threw. */
export function errorContent(error: unknown): ErrorContent {
  if (!(error instanceof Error))
    return { ename: 'Error', evalue: inspect(error), traceback: [inspect(error)] };
  // A stack without frames is written for the reader; inspect would put it in brackets.
  const hasFrames = /\n\s+at /.test(error.stack ?? '');
  const lines = (hasFrames ? inspect(error) : (error.stack ?? inspect(error))).split('\n');
  const end = lines.findIndex((line) => border.test(line));
  // Where the kernel's frames are cut off, what follows them (the cause, fields of the error) is kept.
  const rest = end < 0 ? [] : lines.slice(end).filter((line) => !/^\s+at /.test(line));
  const traceback = [...(end < 0 ? lines : lines.slice(0, end)), ...rest];
  return { ename: error.name, evalue: error.message, traceback };
}
