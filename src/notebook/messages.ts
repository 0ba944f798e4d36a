/** What player, annotator and front end say to each other. Both sides import this one file, and it imports nothing. */

/** Content of `mime.player`: clips that play in step. */
export interface PlayerData {
  clips: (ClipData & ClipCaption)[];
}

/** A clip as the front end gets it. */
export interface ClipData {
  /** URL relative to the notebook's folder. */
  path: string;
  /** By which the kernel that showed the clip is asked for it, over a comm to `clipTarget`. */
  key: string;
  id?: string;
  prompt?: string;
  generator?: string;
  /** Pixels. */
  width: number;
  height: number;
  frames: number;
  /** Frames per second. */
  fps: number;
  /** ffmpeg's name of the codec. */
  codec: string;
}

/** Content of `mime.gallery`: many clips as a grid, in their order. */
export interface GalleryData {
  clips: GalleryClip[];
  /** What the groups are of, such as `generator`. */
  by?: string;
  /** How many clips there are, where not all are shown. */
  total: number;
}

/** A clip of a gallery: it is loaded when it is seen, and read when it is opened. */
export interface GalleryClip
  extends Pick<ClipData, 'path' | 'key' | 'id' | 'prompt' | 'generator'>,
    ClipCaption {
  group?: string;
  /** Data URI of a picture that is shown before the clip is loaded. */
  poster?: string;
  /** Size and length, where they are known already. */
  video?: ClipData;
  /** Why there is no video. */
  failure?: string;
}

/** What is written under a clip. */
export interface ClipCaption {
  /** A score. */
  score?: number;
  /** A verdict; true and false are written Pass and Fail. */
  label?: string | boolean;
  /** Any words. */
  note?: string;
  /** Where a model looked: shown over the clip. */
  attention?: Attention;
}

/** What a model looked at in a clip; T frames were sampled. */
export interface Attention {
  /** Weight of each sampled frame, [T]. */
  frames: number[];
  /** Indices of the sampled frames in the clip, [T]; without it the middles of T equal parts. */
  at?: number[];
  /** Weight of each place of each sampled frame, [T][rows][columns], from the top left. */
  maps?: number[][][];
}

/**
 * Comm target by which a player asks for a clip that the browser cannot fetch or decode: `{ key, convert }`; and a gallery for
 * the size and length of one: `{ key, about: true }`.
 */
export const clipTarget = 'solireward.clip';

/** Content of `mime.annotator`: what the annotator shows before it has spoken with the code. */
export interface AnnotatorData {
  /** Comm target that answers its requests. */
  target: string;
  dimension: string;
  /** What passes and what fails, in words. */
  criteria: string;
  /** Who may vote; empty where everybody may who gives a name. */
  annotators: string[];
}

/** What the annotator asks of the code, beside the cells or over a comm. The same id again is the same request. */
export type AnnotatorRequest = { id: string; annotator: string } & (
  | { type: 'start' }
  | { type: 'vote'; clip: string; pass: boolean; note: string; seconds: number }
  | { type: 'skip'; clip: string; note: string; seconds: number }
  /** Takes back the annotator's last vote or skip. */
  | { type: 'undo' }
  /** Takes back all skips. */
  | { type: 'revisit' }
);

/** The answer to the request of that id: what is refused, and why; and where the annotator is now. */
export interface AnnotatorAnswer {
  id: string | null;
  error?: string;
  state?: AnnotatorState;
}

/** Where an annotator is. All that it tells of is on disk. */
export interface AnnotatorState {
  annotator: string;
  /** What to judge; null when all is judged. */
  clip: AnnotatorClip | null;
  /** What comes after it, to be loaded already. */
  next: AnnotatorClip | null;
  /** The note of the vote that was taken back. */
  note: string;
  votes: number;
  skipped: number;
  left: number;
  agreement: AnnotatorAgreement | null;
  /** What was repaired in the file. */
  repairs: string[];
}

/** A clip without its origin. */
export interface AnnotatorClip {
  id: string;
  prompt?: string;
  video?: ClipData;
  /** Why there is no video. */
  failure?: string;
}

/** Agreement over the clips that two or more have judged. */
export interface AnnotatorAgreement {
  /** Krippendorff's alpha; null where all votes are the same. */
  alpha: number | null;
  /** Share of pairs of votes that agree. */
  raw: number;
  clips: number;
}
