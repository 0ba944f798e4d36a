import { createHash } from 'node:crypto';
import { RequestError } from './requestError.js';

/** An answer that is kept for a caller who asks again. */
interface Kept<T> {
  /** Hash of the question. */
  question: string;
  answer: Promise<T>;
}

/** Answers that are kept at most. */
const most = 10_000;

/**
 * Answers by the key that a caller gave to a question: whoever asks again with the same key, since the connection broke,
 * gets the same answer, and nothing is computed twice. An answer that failed as a whole is not kept.
 */
export class Answers<T> {
  private readonly kept = new Map<string, Kept<T>>();

  /** @throws RequestError 422 where the key was given to another question. */
  get(key: string, question: Uint8Array, answer: () => Promise<T>): Promise<T> {
    const hash = createHash('sha256').update(question).digest('base64');
    const known = this.kept.get(key);
    if (known) {
      if (known.question === hash) return known.answer;
      throw new RequestError(422, `the Idempotency-Key "${key}" was given with another body`);
    }
    const made = answer();
    this.kept.set(key, { question: hash, answer: made });
    made.catch(() => this.kept.delete(key));
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= most) break;
      this.kept.delete(oldest);
    }
    return made;
  }
}
