import type { AnnotatorRequest } from '../../../src/notebook/messages.js';

/** What outlives the page of one annotator's work. */
interface Kept {
  /** A request that is not answered yet. */
  request?: AnnotatorRequest;
  /** A note that is being written. */
  draft?: { clip: string; note: string };
}

/** What outlives the page: who annotates in this tab, and what is not in the file yet. */
export class AnnotatorStore {
  readonly #key: string;

  /** @param target names the annotator, so that several do not disturb each other. */
  constructor(target: string) {
    this.#key = `solireward ${target}`;
  }

  /** Who annotates in this tab. */
  get name(): string | undefined {
    return sessionStorage.getItem(this.#key) ?? undefined;
  }

  set name(name: string | undefined) {
    if (name === undefined) sessionStorage.removeItem(this.#key);
    else sessionStorage.setItem(this.#key, name);
  }

  /** What is kept of an annotator. */
  read(name: string): Kept {
    try {
      return JSON.parse(localStorage.getItem(this.#keyOf(name)) ?? '{}');
    } catch {
      return {};
    }
  }

  /** Changes some of what is kept of an annotator. */
  keep(name: string, changes: Kept): void {
    const kept = JSON.stringify({ ...this.read(name), ...changes });
    if (kept === '{}') localStorage.removeItem(this.#keyOf(name));
    else localStorage.setItem(this.#keyOf(name), kept);
  }

  #keyOf(name: string): string {
    return `${this.#key} ${name}`;
  }
}
