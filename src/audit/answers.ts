import type { AuditedClip, Scored } from './scorer.js';
import { ScorerError } from './scorerError.js';

/**
 * What a scorer answered, clip by clip: a number, `null`, `{ score }`, with a `spread` of an ensemble, or `{ error }`. A score that
 * is not a finite number counts as none, and so does one whose spread is not.
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
    const { score, spread, error } = answer as { score?: unknown; spread?: unknown; error?: unknown };
    if (typeof error === 'string') return { reason: error };
    if (typeof score === 'number') {
      if (spread === undefined || spread === null) return scored(score);
      if (typeof spread !== 'number' || !(spread >= 0 && Number.isFinite(spread)))
        return { reason: `its spread is ${excerpt(spread)}, not a number from 0 on` };
      const own = scored(score);
      return 'score' in own ? { ...own, spread } : own;
    }
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
