import type { Clip } from '../data/clip.js';

/** A clip as a scorer is given it: a file of the audit, with the prompt that it is asked about. */
export interface AuditedClip extends Clip {
  /** Id of the clip that it was made of. */
  of: string;
  /** What was changed, such as "blur"; "control" for nothing. */
  family: string;
  /** 1 for the mildest change of its family, 0 for the control. */
  level: number;
}

/** A score, with how far the heads of an ensemble are apart on it where it is of one; or why there is none. */
export type Scored = { score: number; spread?: number } | { reason: string };

/** What limits a call. */
export interface ScoreCall {
  /** Stops the call, with the signal's reason. */
  signal?: AbortSignal;
  /** Is told how many more clips are done. */
  onScored?: (count: number) => void;
}

/** Anything that scores clips. */
export interface Scorer {
  /** What the scorer is called. */
  readonly name: string;
  /**
   * An outcome for each clip, in their order.
   * @throws {ScorerError} for what is wrong with the scorer rather than with a clip; the signal's reason
   */
  score(clips: readonly AuditedClip[], call: ScoreCall): Promise<Scored[]>;
}

/** What a function may say of a clip. */
export type Answer = number | { score: number; spread?: number } | null | undefined;

/** A function of clips: a score for each of them, in their order. */
export type ScoreFunction = (clips: readonly AuditedClip[]) => readonly Answer[] | Promise<readonly Answer[]>;
