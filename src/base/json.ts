/** What stands for a token that JSON has no value for; no file of text holds it. */
const mark = '\u0000json:';

/** What may have to be read otherwise than `JSON.parse` does: NaN, Infinity and whole numbers of many digits. */
const suspicious = /NaN|Infinity|\d{16}/;

/** Strings, which stay as they are, and the tokens among which the suspicious ones are. */
const tokens = /"(?:[^"\\]+|\\.)*"|-?Infinity|NaN|-?\d[\d.eE+-]*/g;

/**
 * `JSON.parse` for what Python's `json` writes: NaN and Infinity, and whole numbers beyond 2^53 as a bigint, which keep
 * all their digits.
 * @throws {SyntaxError} for any other text that is no JSON
 */
export function parseJson(text: string): unknown {
  if (!suspicious.test(text)) return JSON.parse(text);
  let marked = false;
  const plain = text.replace(tokens, (token) => {
    if (token.startsWith('"')) return token;
    // JSON.parse makes infinities of these.
    if (token.endsWith('Infinity')) return token.startsWith('-') ? '-1e999' : '1e999';
    if (token !== 'NaN' && !isLong(token)) return token;
    marked = true;
    return JSON.stringify(mark + token);
  });
  return marked ? JSON.parse(plain, (_, value) => unmark(value)) : JSON.parse(plain);
}

/** `JSON.stringify` that writes a bigint as a number with all its digits; what is not finite is null. */
export function writeJson(value: unknown): string {
  const text = JSON.stringify(value, (_, entry) => (typeof entry === 'bigint' ? `${mark}${entry}` : entry));
  return text?.replace(/"\\u0000json:(-?\d+)"/g, '$1');
}

const isLong = (token: string): boolean =>
  /^-?(0|[1-9]\d*)$/.test(token) && !Number.isSafeInteger(Number(token));

function unmark(value: unknown): unknown {
  if (typeof value !== 'string' || !value.startsWith(mark)) return value;
  const token = value.slice(mark.length);
  return token === 'NaN' ? Number.NaN : BigInt(token);
}
