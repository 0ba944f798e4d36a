/** Called with the fields of each line that is not blank: the header's with 0, then those of row 1, 2 and so on. */
type OnRow = (fields: string[], row: number) => void;

const separators = [',', ';', '\t', '|'];

/**
 * Rows of fields with a separator between them, of text that comes in pieces. Text may be in double quotes, where "" is a
 * quote and line breaks stand for themselves.
 */
export class DelimitedRows {
  /** Rows so far, the header's too; the number of the one that is being read. */
  count = 0;
  private rest = '';

  constructor(
    private readonly separator: string,
    private readonly onRow: OnRow,
    /** Throws the error of a row. */
    private readonly fail: (row: number, what: string) => never,
  ) {}

  /** Reads the rows that are complete with the next piece. */
  push(piece: string): void {
    this.read(this.rest + piece, false);
  }

  /** Reads the last row, which no line end may follow. @throws when a quote in it is not closed. */
  end(): void {
    this.read(this.rest, true);
  }

  private read(text: string, isLast: boolean): void {
    let start = 0;
    const isPlain = !text.includes('"') && !text.includes('\r');
    while (start < text.length) {
      const next = isPlain ? this.plainRow(text, start, isLast) : this.row(text, start, isLast);
      if (next === undefined) break;
      start = next;
    }
    this.rest = text.slice(start);
  }

  private take(fields: string[]): void {
    if (fields.length !== 1 || fields[0].trim() !== '') this.onRow(fields, this.count++);
  }

  /** A row without quotes. @returns where the next one begins; undefined where this one has no end yet. */
  private plainRow(text: string, start: number, isLast: boolean): number | undefined {
    const found = text.indexOf('\n', start);
    if (found < 0 && !isLast) return undefined;
    const end = found < 0 ? text.length : found;
    this.take(text.slice(start, end).split(this.separator));
    return end + 1;
  }

  /** Any row, as `plainRow`. */
  private row(text: string, start: number, isLast: boolean): number | undefined {
    const fields: string[] = [];
    for (let at = start; ; at++) {
      const isQuoted = text[at] === '"';
      const end = isQuoted ? this.closingQuote(text, at, isLast) : this.endOfField(text, at);
      if (end === undefined) return undefined;
      fields.push(isQuoted ? text.slice(at + 1, end).replaceAll('""', '"') : text.slice(at, end));
      at = isQuoted ? end + 1 : end;
      if (text[at] === this.separator) continue;
      // A line end may be of two characters, of which the second is in the next piece.
      if (!isLast && (at === text.length || (text[at] === '\r' && at + 1 === text.length))) return undefined;
      if (at < text.length && text[at] !== '\n' && text[at] !== '\r') {
        this.fail(this.count, 'text follows a closing double quote; write a quote in quoted text twice');
      }
      this.take(fields);
      return at + (text[at] === '\r' && text[at + 1] === '\n' ? 2 : 1);
    }
  }

  private endOfField(text: string, start: number): number {
    const separator = this.separator.charCodeAt(0);
    for (let at = start; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === separator || code === 10 || code === 13) return at;
    }
    return text.length;
  }

  /** @returns undefined where the quote is not closed yet. */
  private closingQuote(text: string, start: number, isLast: boolean): number | undefined {
    for (let at = start + 1; ; at += 2) {
      at = text.indexOf('"', at);
      if (at >= 0 && (at + 1 < text.length ? text[at + 1] !== '"' : isLast)) return at;
      if (at >= 0 && at + 1 < text.length) continue;
      if (!isLast) return undefined;
      this.fail(
        this.count,
        'a double quote is opened and never closed; close it, or write a quote in quoted text twice',
      );
    }
  }
}

/**
 * The separator of a text: the usual one, unless the header has more fields by another, and so has the first row.
 * @param text the beginning; a line break in quotes is in few of its lines
 */
export function separatorOf(text: string, usual: string): string {
  let best = usual;
  let most = widthsOf(text, usual)[0] ?? 0;
  for (const separator of separators) {
    const [header, first = header] = widthsOf(text, separator);
    if (header === undefined || header <= most || first !== header) continue;
    best = separator;
    most = header;
  }
  return best;
}

/** Numbers of fields of the rows, as far as quotes are closed. */
function widthsOf(text: string, separator: string): number[] {
  const widths: number[] = [];
  const stop = new Error('the rest is not looked at');
  const rows = new DelimitedRows(
    separator,
    (fields) => widths.push(fields.length),
    () => {
      throw stop;
    },
  );
  try {
    rows.push(text);
    rows.end();
  } catch (error) {
    if (error !== stop) throw error;
  }
  return widths;
}
