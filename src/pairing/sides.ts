import type { ColumnTable } from 'arquero';
import { clipsOf, type LabelledClip } from '../data/votes/clipsOf.js';
import { labelsIn } from '../data/votes/labels.js';
import type { GroupedPairsRule } from './groupedPairs.js';
import type { Group } from './groups.js';
import { checkShares } from './shares.js';

/** Which pairs a stream has. */
export interface PairingOptions {
  /** What the labels are about, such as `physics`. */
  dimension: string;
  /** Share of pairs of two Pass clips. Default 0.25. */
  winTie?: number;
  /** Share of pairs of two Fail clips. Default 0: clips fail in different ways and degrees. */
  loseTie?: number;
  /** Seed of the order; any integer. */
  seed: number;
  /** Pairs an epoch. Default: as many as use every clip of the larger side once in win-lose pairs. */
  count?: number;
}

/** The options with their defaults. */
export function ruleOf(operation: string, options: PairingOptions): GroupedPairsRule {
  const rule = { winTie: 0.25, loseTie: 0, ...options };
  checkShares(operation, rule);
  return rule;
}

/**
 * The clips of a dimension by their label.
 * @throws when a clip is labelled twice, or the dimension has no clip on a side that the shares need.
 */
export function sidesOf(operation: string, labels: ColumnTable, rule: GroupedPairsRule): Group {
  const { dimension, winTie, loseTie } = rule;
  const sides: Group = { pass: [], fail: [] };
  const labelled = clipsOf(labels, dimension);
  // Those that were made of votes are one a clip.
  if (!labelsIn(labels)) checkOnce(operation, labelled, dimension);
  for (const { clip, pass } of labelled) (pass ? sides.pass : sides.fail).push(clip);

  const decided = winTie + loseTie < 1;
  const wanted = {
    Pass: { have: sides.pass.length, need: winTie > 0 ? 2 : decided ? 1 : 0 },
    Fail: { have: sides.fail.length, need: loseTie > 0 ? 2 : decided ? 1 : 0 },
  };
  for (const [side, { have, need }] of Object.entries(wanted)) {
    if (have < need) {
      const plural = need === 1 ? 'one is' : 'two are';
      throw new Error(
        `${operation}: dimension "${dimension}" has ${sides.pass.length} Pass and ${sides.fail.length} Fail clips, ` +
          `and at least ${plural} needed that ${side}; label more clips` +
          (have === 0
            ? ', or move the threshold of readVotes'
            : `, or set ${side === 'Pass' ? 'winTie' : 'loseTie'} to 0`),
      );
    }
  }
  return sides;
}

function checkOnce(operation: string, labelled: readonly LabelledClip[], dimension: string): void {
  const seen = new Set<string>();
  for (const { clip } of labelled) {
    if (seen.has(clip.id)) {
      throw new Error(
        `${operation}: clip "${clip.id}" has two labels in dimension "${dimension}"; aggregate the votes first`,
      );
    }
    seen.add(clip.id);
  }
}
