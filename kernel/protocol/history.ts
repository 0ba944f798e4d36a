interface Entry {
  count: number;
  code: string;
  /** Text of the cell's result. */
  output: string | null;
}

/** The cells that were run in this session, in order. */
export class History {
  readonly #entries: Entry[] = [];

  add(count: number, code: string): void {
    this.#entries.push({ count, code, output: null });
  }

  /** Keeps the result of the latest cell. */
  setOutput(text: string): void {
    const latest = this.#entries.at(-1);
    if (latest) latest.output = text;
  }

  /**
   * What a history_request asks for (the last n, a range, or those that match): `[session, number, code]`, or
   * `[session, number, [code, output]]` where it asks for outputs.
   */
  answer(request: Record<string, unknown>): [number, number, string | [string, string | null]][] {
    return this.#select(request).map(({ count, code, output }) => [
      0,
      count,
      request.output === true ? [code, output] : code,
    ]);
  }

  #select(request: Record<string, unknown>): Entry[] {
    const last = (entries: Entry[]) => (typeof request.n === 'number' ? entries.slice(-request.n) : entries);
    switch (request.hist_access_type) {
      case 'range': {
        // Earlier sessions are not kept; this one is number 0.
        if ((request.session ?? 0) !== 0) return [];
        const start = Number(request.start ?? 0);
        const stop = Number(request.stop ?? Number.POSITIVE_INFINITY);
        return this.#entries.filter(({ count }) => count >= start && count < stop);
      }
      case 'search': {
        const pattern = globPattern(String(request.pattern ?? '*'));
        const found = this.#entries.filter(({ code }) => pattern.test(code));
        return last(request.unique === true ? latestOfEach(found) : found);
      }
      default:
        return last(this.#entries);
    }
  }
}

const latestOfEach = (entries: Entry[]): Entry[] => [
  ...new Map(entries.map((entry) => [entry.code, entry])).values(),
];

/** `*` stands for any text and `?` for one character. */
function globPattern(glob: string): RegExp {
  const literal = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '[^]*').replaceAll('?', '[^]')}$`);
}
