import { createHash } from 'node:crypto';
import type { Clip } from '../data/clip.js';
import { alphaOf, rawAgreementOf, sumAgreement } from '../data/votes/agreementMeasures.js';
import { type SkipEvent, standing, type VoteEvent, type VoteLogEvent } from '../data/votes/voteLog.js';
import type { AnnotatorAgreement } from './messages.js';
import type { VoteFile } from './voteFile.js';

/** Live agreement advances by that many votes, so that nobody can read another's vote off its change. */
const agreementStep = 10;

/** What an annotator has said of a clip; without `pass` it is a skip. */
export interface Judgement {
  clip: string;
  pass?: boolean;
  note: string;
  /** From the moment that the clip was shown. */
  seconds: number;
}

/** How far an annotator is. */
export interface QueueProgress {
  annotator: string;
  votes: number;
  skipped: number;
  left: number;
}

/**
 * Clips to judge on one dimension, and what is said of them in a vote log. Nothing is kept beside the file, so that
 * every process that has it open continues from the same state.
 */
export class AnnotationQueue {
  /** The same for the same clips and dimension. */
  readonly id: string;
  readonly #clips: Map<string, Clip>;
  readonly #dimension: string;
  readonly #file: VoteFile;
  readonly #orders = new Map<string, Clip[]>();
  #stand: { of: number; ours: (VoteEvent | SkipEvent)[] } = { of: -1, ours: [] };

  /** @throws {Error} when the file has another prompt or generator for a clip of that id */
  constructor(clips: readonly Clip[], dimension: string, file: VoteFile) {
    this.#clips = new Map(clips.map((clip) => [clip.id, clip]));
    this.#dimension = dimension;
    this.#file = file;
    this.id = digest(JSON.stringify([dimension, [...this.#clips.keys()].sort()])).slice(0, 12);
    for (const event of file.events) this.#checkSameClip(event);
  }

  /** Who has judged a clip of the queue so far. */
  get annotators(): string[] {
    return [...new Set(this.#standing().map(({ annotator }) => annotator))];
  }

  /** The votes that stand. */
  votes(): VoteEvent[] {
    return this.#standing().filter((event) => event.event === 'vote');
  }

  /**
   * The clip that an annotator has to judge, and the one after it; none when all are judged. Each has an order of
   * their own, by SHA-256 of name and clip, which stays when clips are added.
   */
  next(annotator: string): Clip[] {
    const judged = new Set(this.#by(annotator).map(({ clip }) => clip));
    const next: Clip[] = [];
    for (const clip of this.order(annotator)) {
      if (judged.has(clip.id)) continue;
      next.push(clip);
      if (next.length === 2) break;
    }
    return next;
  }

  /** All clips in an annotator's order. */
  order(annotator: string): Clip[] {
    let order = this.#orders.get(annotator);
    if (!order) {
      const keyed = [...this.#clips.values()].map((clip) => ({
        clip,
        key: digest(JSON.stringify([annotator, clip.id])),
      }));
      order = keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ clip }) => clip);
      this.#orders.set(annotator, order);
    }
    return order;
  }

  progress(annotator: string): QueueProgress {
    const judged = this.#by(annotator);
    const votes = judged.filter(({ event }) => event === 'vote').length;
    const skipped = judged.length - votes;
    return { annotator, votes, skipped, left: this.#clips.size - judged.length };
  }

  /**
   * Agreement of all annotators over the clips that two or more have judged; undefined where there is none. With
   * `blind` the latest votes, up to nine, are left out.
   */
  agreement({ blind }: { blind: boolean }): AnnotatorAgreement | undefined {
    const votes = this.votes();
    const counted = blind ? votes.slice(0, votes.length - (votes.length % agreementStep)) : votes;
    const items = new Map<string, { votes: number; pass: number }>();
    for (const { clip, pass } of counted) {
      const item = items.get(clip) ?? { votes: 0, pass: 0 };
      items.set(clip, { votes: item.votes + 1, pass: item.pass + Number(pass) });
    }
    const sums = sumAgreement([...items.values()]);
    if (sums.items === 0) return undefined;
    const alpha = alphaOf(sums);
    return { alpha: Number.isFinite(alpha) ? alpha : null, raw: rawAgreementOf(sums), clips: sums.items };
  }

  /**
   * Puts a vote or a skip on disk. The same id again is the same one, and is not written twice.
   * @throws {Error} when it is not this clip's turn, or it cannot be written
   */
  judge(id: string, annotator: string, { clip, pass, note, seconds }: Judgement): void {
    this.#file.refresh();
    if (this.#file.has(id)) return;
    const known = this.#clips.get(clip);
    if (!known) throw new Error(`annotator: the queue has no clip ${JSON.stringify(clip)}`);
    if (this.next(annotator)[0]?.id !== clip) {
      throw new Error('annotator: this clip is judged already, or it is not its turn; nothing was written');
    }
    const { path, prompt, promptId, generator } = known;
    const event = {
      ...(pass === undefined ? { event: 'skip' as const } : { event: 'vote' as const, pass }),
      ...this.#fields(id, annotator, clip),
      ...(note.trim() !== '' && { note: note.trim() }),
      seconds: Math.round(seconds * 1000) / 1000,
      ...{ path, prompt, promptId, generator },
      ...this.#origin(),
    };
    this.#file.append([event]);
  }

  /**
   * Takes back the annotator's last vote or skip; its clip is the next one again.
   * @returns the note that was written with it
   * @throws {Error} when there is none, or it cannot be written
   */
  undo(id: string, annotator: string): string {
    this.#file.refresh();
    const written = this.#file.events.find((event) => event.id === id);
    if (written?.event === 'retract') return this.#noteOf(written.retracts);
    const last = this.#by(annotator).at(-1);
    if (!last) throw new Error('annotator: there is nothing to undo');
    this.#file.append([this.#retraction(id, last)]);
    return last.note ?? '';
  }

  /** Takes back all skips of an annotator, so that the clips come again. */
  revisit(id: string, annotator: string): void {
    this.#file.refresh();
    if (this.#file.has(id)) return;
    const skips = this.#by(annotator).filter(({ event }) => event === 'skip');
    this.#file.append(skips.map((skip, i) => this.#retraction(i === 0 ? id : `${id}-${i + 1}`, skip)));
  }

  /** Reads what others have written since. */
  refresh(): void {
    this.#file.refresh();
  }

  /** What stands in the file of this queue. */
  #standing(): (VoteEvent | SkipEvent)[] {
    const { events } = this.#file;
    if (this.#stand.of !== events.length) {
      const ours = standing(events).filter(
        ({ clip, dimension }) => dimension === this.#dimension && this.#clips.has(clip),
      );
      this.#stand = { of: events.length, ours };
    }
    return this.#stand.ours;
  }

  #by(annotator: string): (VoteEvent | SkipEvent)[] {
    return this.#standing().filter((event) => event.annotator === annotator);
  }

  #noteOf(id: string): string {
    const event = this.#file.events.find((event) => event.id === id);
    return (event?.event !== 'retract' && event?.note) || '';
  }

  #fields(id: string, annotator: string, clip: string) {
    return { id, clip, annotator, dimension: this.#dimension };
  }

  #origin() {
    return { queue: this.id, timestamp: new Date().toISOString() };
  }

  #retraction(id: string, { id: retracts, clip, annotator }: VoteEvent | SkipEvent): VoteLogEvent {
    return {
      ...{ event: 'retract', ...this.#fields(id, annotator, clip), retracts },
      ...this.#origin(),
    };
  }

  #checkSameClip(event: VoteLogEvent): void {
    const clip = this.#clips.get(event.clip);
    if (!clip || event.event === 'retract') return;
    for (const column of ['prompt', 'promptId', 'generator'] as const) {
      if (event[column] !== undefined && clip[column] !== undefined && event[column] !== clip[column]) {
        throw new Error(
          `annotator: clip "${clip.id}" has the ${column} ${JSON.stringify(clip[column])}, and in ` +
            `${this.#file.path} ${JSON.stringify(event[column])}: give another clip another id, or another file`,
        );
      }
    }
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
