/** The cells that were run in this session, by number. */
export class History {
  readonly #inputs = new Map<number, string>();

  add(count: number, code: string): void {
    this.#inputs.set(count, code);
  }

  /** Entries `[session, number, code]` that a history_request asks for: the last n, a range, or those that match. */
  answer(request: Record<string, unknown>): [number, number, string][] {
    const entries = [...this.#inputs].map(([count, code]): [number, number, string] => [0, count, code]);
    const last = (found: typeof entries) => (typeof request.n === 'number' ? found.slice(-request.n) : found);
    switch (request.hist_access_type) {
      case 'range': {
        const { start = 0, stop = Number.POSITIVE_INFINITY } = request as {
          start?: number;
          stop?: number | null;
        };
        return entries.filter(([, count]) => count >= start && count < (stop ?? Number.POSITIVE_INFINITY));
      }
      case 'search': {
        const pattern = globPattern(String(request.pattern ?? '*'));
        return last(entries.filter(([, , code]) => pattern.test(code)));
      }
      default:
        return last(entries);
    }
  }
}

/** `*` stands for any text and `?` for one character. */
function globPattern(glob: string): RegExp {
  const literal = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '[^]*').replaceAll('?', '[^]')}$`);
}
