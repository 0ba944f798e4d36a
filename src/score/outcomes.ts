/** What became of an item: its score, or why it has none. */
export type Outcome = { score: number } | { error: string };

/** What became of each item of a file, in 9 bytes an item: of millions of them, reasons stay in the output. */
export class Outcomes {
  private readonly scores: Float64Array;
  /** 0 for an item that is to be done, 1 for a score, 2 for a failure. */
  private readonly states: Uint8Array;
  done = 0;
  failed = 0;

  constructor(readonly total: number) {
    this.scores = new Float64Array(total);
    this.states = new Uint8Array(total);
  }

  has(index: number): boolean {
    return this.states[index] > 0;
  }

  /** Sets the outcome of an item that has none. */
  add(index: number, outcome: Outcome): void {
    this.done++;
    if ('score' in outcome) {
      this.scores[index] = outcome.score;
      this.states[index] = 1;
    } else {
      this.failed++;
      this.states[index] = 2;
    }
  }

  /** The scores that there are, in the items' order. */
  list(): number[] {
    const found: number[] = [];
    for (let index = 0; index < this.total; index++) {
      if (this.states[index] === 1) found.push(this.scores[index]);
    }
    return found;
  }
}
