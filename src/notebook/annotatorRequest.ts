import type { AnnotatorRequest } from './messages.js';

const longestText = 10_000;

/**
 * A request as the front end sent it; nothing in it is trusted.
 * @throws {Error} that names what is wrong
 */
export function annotatorRequest(data: Record<string, unknown>): AnnotatorRequest {
  const check = (key: string, expected: string, good: boolean) => {
    if (!good) {
      const received = (JSON.stringify(data[key]) ?? 'nothing').slice(0, 100);
      throw new TypeError(`annotator: "${key}" of a message: expected ${expected}, received ${received}`);
    }
  };
  const isText = (value: unknown, longest: number) => typeof value === 'string' && value.length <= longest;
  const { id, annotator, type, clip, pass, note, seconds } = data;
  check('type', 'start, vote, skip, undo or revisit', types.includes(type as string));
  check('id', 'a UUID', isText(id, 36) && /^[\da-f-]{36}$/.test(id as string));
  check('annotator', 'a name of 1 to 100 letters, without line ends', isAnnotatorName(annotator));
  if (type === 'vote' || type === 'skip') {
    check('clip', 'the id of a clip', isText(clip, longestText));
    check('note', `text of up to ${longestText} letters`, isText(note, longestText));
    check('seconds', 'a number from 0 on', Number.isFinite(seconds) && (seconds as number) >= 0);
  }
  if (type === 'vote') check('pass', 'true or false', typeof pass === 'boolean');
  return data as unknown as AnnotatorRequest;
}

const types = ['start', 'vote', 'skip', 'undo', 'revisit'];

/** Whether a value can be the name of an annotator in every format of votes. */
export function isAnnotatorName(value: unknown): boolean {
  return isName(value) && value.length <= 100;
}

/** Whether a value is a name that comes back the same from every format of votes: no line ends, no spaces around. */
export function isName(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.trim() === value &&
    !/^(nan)?$/i.test(value) &&
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    !/[\u0000-\u001f\u007f\u2028\u2029]/.test(value)
  );
}
