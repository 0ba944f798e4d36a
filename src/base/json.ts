/** What stands for a token that JSON has no value for; no file of text holds it. */
const mark = '\u0000json:';

/** What may have to be read otherwise than `JSON.parse` does: NaN, Infinity and whole numbers of many digits. */
const suspicious = /NaN|Infinity|\d{16}/;

/** Where strings begin, and the tokens among which the suspicious ones are. */
const tokens = /"|-?Infinity|NaN|-?\d[\d.eE+-]*/g;

/**
 * `JSON.parse` for what Python's `json` writes: NaN and Infinity, and whole numbers beyond 2^53 as a bigint, which keep
 * all their digits.
 * @throws {SyntaxError} for any other text that is not valid JSON
 */
export function parseJson(text: string): unknown {
  if (!suspicious.test(text)) return JSON.parse(text);
  let marked = false;
  let plain = '';
  let copied = 0;
  for (const found of tokensOf(text)) {
    const token = plainToken(found[0]);
    if (token === found[0]) continue;
    marked ||= token.startsWith('"');
    plain += text.slice(copied, found.index) + token;
    copied = found.index + found[0].length;
  }
  plain += text.slice(copied);
  return marked ? JSON.parse(plain, (_, value) => unmark(value)) : JSON.parse(plain);
}

/** The tokens that stand in no string. Strings are passed over without a pattern, which would run out of stack in long ones. */
function* tokensOf(text: string): Generator<RegExpExecArray> {
  const pattern = new RegExp(tokens);
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    if (found[0] !== '"') yield found;
    else pattern.lastIndex = endOfString(text, found.index + 1);
  }
}

/** The place after the quote that ends a string. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start); end >= 0; end = text.indexOf('"', end + 1)) {
    let first = end;
    while (first > start && text[first - 1] === '\\') first--;
    if ((end - first) % 2 === 0) return end + 1;
  }
  return text.length;
}

/** What stands for a token that `JSON.parse` would not read, or not exactly. */
function plainToken(token: string): string {
  // JSON.parse makes infinities of these.
  if (token.endsWith('Infinity')) return token.startsWith('-') ? '-1e999' : '1e999';
  return token === 'NaN' || isLong(token) ? JSON.stringify(mark + token) : token;
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
