import { basename } from 'node:path';
import type { ClipCaption } from './messages.js';

/** A clip to play: one of the library's, or a row of scores or labels. */
export interface Playable {
  /** File of the clip. */
  path?: string;
  /** Name of the clip. */
  id?: string;
  /** Of a row: the clip's id. */
  clip?: string;
  /** Of a row: the label. */
  pass?: boolean;
  /** The text that it was generated from. */
  prompt?: string;
  /** The model that generated it. */
  generator?: string;
}

/** A clip with its caption. */
export type CaptionedClip = Playable & ClipCaption;

/** A clip that has all that is needed to play it. */
export type PlayableClip = ClipCaption & { path: string; id: string; prompt?: string; generator?: string };

/**
 * What is shown of a clip: a caller's clip may carry more, such as its votes.
 * @throws {Error} for a clip without a path
 */
export function playable(operation: string, clip: CaptionedClip): PlayableClip {
  const { path, prompt, generator, score, label = clip.pass, note, attention } = clip;
  const id = clip.id ?? clip.clip;
  if (path === undefined) {
    throw new Error(
      `${operation}: clip ${id === undefined ? '' : `"${id}" `}has no path; give clips or rows with a path, such as ` +
        'by readScores(file, { path })',
    );
  }
  return { path, id: id ?? basename(path), prompt, generator, score, label, note, attention };
}

/** A clip in a line of text. */
export function textLine({ id, prompt, score, label, note }: PlayableClip): string {
  const parts = [
    id,
    score === undefined ? undefined : `score ${signed(score)}`,
    verdict(label),
    prompt && `"${prompt}"`,
    note,
  ];
  return parts.filter(Boolean).join('  ');
}

/** A score with its sign. */
export const signed = (score: number): string => `${score < 0 ? '\u2212' : '+'}${Math.abs(score).toFixed(2)}`;

/** A label in words. */
export const verdict = (label: string | boolean | undefined): string | undefined =>
  typeof label === 'boolean' ? (label ? 'Pass' : 'Fail') : label;
