import type { AuditedClip, Scored } from './scorer.js';
import { ScorerError } from './scorerError.js';

/**
 * What a scorer answered, clip by clip: a number, `null`, `{ score }` or `{ error }`. What is not a finite number is not a score.
 * @param who is named in the error
 * @throws {ScorerError} for anything else than one answer for each clip
 */
export function answersOf(who: string, clips: readonly AuditedClip[], answers: unknown): Scored[] {
  if (!Array.isArray(answers) && !ArrayBuffer.isView(answers)) {
    throw new ScorerError(
      `${who}: expected a list of scores, received ${typeof answers}: ${excerpt(answers)}`,
    );
  }
  const list = Array.from(answers as ArrayLike<unknown>);
  if (list.length !== clips.length) {
    throw new ScorerError(
      `${who}: expected ${clips.length} scores, one for each clip in their order, received ${list.length}`,
    );
  }
  return list.map(answerOf);
}

/** One answer. */
export function answerOf(answer: unknown): Scored {
  if (typeof answer === 'number') return scored(answer);
  if (typeof answer === 'object' && answer !== null) {
    const { score, error } = answer as { score?: unknown; error?: unknown };
    if (typeof error === 'string') return { reason: error };
    if (typeof score === 'number') return scored(score);
  }
  return { reason: `its score is ${excerpt(answer)}, not a number` };
}

const scored = (score: number): Scored =>
  Number.isFinite(score) ? { score } : { reason: `its score is ${score}, not a finite number` };

/** The beginning of a value as it is written. */
export function excerpt(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}
