import { batchesOf } from '../model/scoreBatches.js';
import { answersOf } from './answers.js';
import type { AuditedClip, Scored, ScoreFunction, Scorer } from './scorer.js';
import { checkSeconds, inTime, ScorerError } from './scorerError.js';

/** A function of clips as a scorer. Where it throws, the clips of the call are tried one by one. */
export function functionScorer(
  score: ScoreFunction,
  { batchSize, seconds }: { batchSize: number; seconds: number },
): Scorer {
  const name = score.name || 'the function';
  checkSeconds('audit', seconds);
  const call = async (clips: readonly AuditedClip[], signal?: AbortSignal): Promise<Scored[]> => {
    const answer = Promise.resolve().then(() => score(clips));
    return answersOf(name, clips, await inTime(answer, seconds, name, signal));
  };
  return { name, score: (clips, options) => inBatches(clips, batchSize, call, options) };
}

/**
 * Calls a scorer batch by batch. A batch that fails is tried clip by clip, so that in the end a clip fails by itself.
 * @throws {ScorerError} that the calls throw; the signal's reason
 */
export async function inBatches(
  clips: readonly AuditedClip[],
  batchSize: number,
  call: (clips: readonly AuditedClip[], signal?: AbortSignal) => Promise<Scored[]>,
  { signal, onScored }: { signal?: AbortSignal; onScored?: (count: number) => void },
): Promise<Scored[]> {
  const outcomes: Scored[] = [];
  for (const batch of batchesOf(clips, batchSize)) {
    const scored = await call(batch, signal).catch(async (error: Error) => {
      signal?.throwIfAborted();
      if (error instanceof ScorerError) throw error;
      if (batch.length === 1) return [{ reason: messageOf(error) }];
      return inBatches(batch, 1, call, { signal });
    });
    outcomes.push(...scored);
    onScored?.(batch.length);
  }
  return outcomes;
}

/** What was thrown, in words; functions of users throw anything. */
const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
