import type { Reward } from '../model/rewards.js';
import { type ClipScorer, scoreBatches } from '../model/scoreBatches.js';
import type { Scored, Scorer } from './scorer.js';

/** A reward model as a scorer: its clips are read ahead. @param model of one head, or of those of one dimension */
export function modelScorer(model: ClipScorer<Reward>, batchSize: number): Scorer {
  return {
    name: String(model),
    async score(clips, { signal, onScored }) {
      const outcomes = new Map<string, Scored>();
      for await (const { scores, failures } of scoreBatches(model, clips, { batchSize, signal })) {
        for (const { clip, score } of scores)
          outcomes.set(clip.id, typeof score === 'number' ? { score } : Object.values(score)[0]);
        for (const { clip, reason } of failures) outcomes.set(clip.id, { reason });
        onScored?.(scores.length + failures.length);
      }
      return clips.map(({ id }) => outcomes.get(id) as Scored);
    },
  };
}
