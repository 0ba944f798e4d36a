import { basename, dirname, extname } from 'node:path';
import type { ScoredClips } from '../data/tables/scoredClips.js';

/** What two sets of scores are called. */
export interface ModelNames {
  first: string;
  second: string;
}

/** A file or a table, and what was read of it. */
type Given = [input: unknown, scored: ScoredClips];

/**
 * The names of two models: the only value of their group, such as the column `model`; else the names of their files, and where these are
 * alike as many of the folders as tell them apart.
 */
export function modelNames(first: Given, second: Given): ModelNames {
  const [a, b] = [first, second].map(([, { groups }]) =>
    groups && new Set(groups).size === 1 ? groups[0] : undefined,
  );
  if (a !== undefined && b !== undefined && a !== b) return { first: a, second: b };
  const [one, other] = [first[0], second[0]];
  if (typeof one !== 'string' || typeof other !== 'string')
    return {
      first: typeof one === 'string' ? stem(one) : 'the first table',
      second: typeof other === 'string' ? stem(other) : 'the second table',
    };
  let [left, right] = [stem(one), stem(other)];
  let [leftFolder, rightFolder] = [dirname(one), dirname(other)];
  while (left === right && leftFolder !== rightFolder) {
    left = `${basename(leftFolder)}/${left}`;
    right = `${basename(rightFolder)}/${right}`;
    [leftFolder, rightFolder] = [dirname(leftFolder), dirname(rightFolder)];
  }
  return left === right ? { first: basename(one), second: basename(other) } : { first: left, second: right };
}

const stem = (file: string): string => basename(file, extname(file));
