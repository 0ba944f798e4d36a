import type { ColumnTable } from 'arquero';
import type { Clip } from '../data/clip.js';
import { GroupedPairs } from './groupedPairs.js';
import type { Group } from './groups.js';
import type { PairStream } from './pair.js';
import { type PairingOptions, ruleOf, sidesOf } from './sides.js';

/**
 * Pairs clips of the same prompt only, the usual way that `crossPrompt` is compared with. A prompt takes part in
 * win-lose pairs when it has both a Pass and a Fail clip, in ties when it has two of a side. Clips of one prompt have
 * the same `promptId`, or without one the same `prompt`.
 * @param labels as for `crossPrompt`.
 * @throws as `crossPrompt`, when a clip has no prompt, and when no prompt has the clips that a share needs.
 */
export function inPrompt(labels: ColumnTable, options: PairingOptions): PairStream {
  const rule = ruleOf('inPrompt', options);
  const sides = sidesOf('inPrompt', labels, rule);
  const groups = new Map<string, Group>();
  for (const side of ['pass', 'fail'] as const) {
    for (const clip of sides[side]) groupOf(groups, clip)[side].push(clip);
  }

  const all = [...groups.values()];
  const count = (has: (group: Group) => boolean) => all.filter(has).length;
  const needs = [
    {
      share: 1 - rule.winTie - rule.loseTie,
      found: count(({ pass, fail }) => pass.length * fail.length > 0),
      what: 'both a Pass and a Fail clip',
      cure: 'use crossPrompt',
    },
    {
      share: rule.winTie,
      found: count(({ pass }) => pass.length > 1),
      what: 'two Pass clips',
      cure: 'set winTie to 0',
    },
    {
      share: rule.loseTie,
      found: count(({ fail }) => fail.length > 1),
      what: 'two Fail clips',
      cure: 'set loseTie to 0',
    },
  ];
  for (const { share, found, what, cure } of needs) {
    if (share > 0 && found === 0) {
      throw new Error(
        `inPrompt: none of the ${all.length} prompts of dimension "${rule.dimension}" has ${what} ` +
          `(${sides.pass.length} Pass and ${sides.fail.length} Fail clips in all); ${cure} or label more clips`,
      );
    }
  }
  return new GroupedPairs(all, rule);
}

function groupOf(groups: Map<string, Group>, clip: Clip): Group {
  const key = clip.promptId ?? clip.prompt;
  if (key === undefined) {
    throw new Error(
      `inPrompt: clip "${clip.id}" has neither promptId nor prompt; add one, or use crossPrompt`,
    );
  }
  let group = groups.get(key);
  if (!group) {
    group = { pass: [], fail: [] };
    groups.set(key, group);
  }
  return group;
}
