import type { Clip } from '../data/clip.js';
import type { AnnotationQueue } from './annotationQueue.js';
import { annotatorRequest, isAnnotatorName } from './annotatorRequest.js';
import { clipData } from './clipData.js';
import type {
  AnnotatorAnswer,
  AnnotatorClip,
  AnnotatorRequest,
  AnnotatorState,
  ClipData,
} from './messages.js';
import type { VoteFile } from './voteFile.js';

/** The code's side of the annotators that the front end shows. */
export class AnnotationSession {
  readonly #videos = new Map<string, Promise<ClipData>>();

  /**
   * @param annotators who may vote; nobody in particular where it is empty
   * @param keys by which the front end asks for the clips, by path; see `serveClip`
   */
  constructor(
    private readonly queue: AnnotationQueue,
    private readonly log: VoteFile,
    private readonly annotators: readonly string[],
    private readonly keys: Readonly<Record<string, string>>,
  ) {}

  /** Answers a request; the answer to one that is wrong says what is. */
  async answer(data: Record<string, unknown>): Promise<AnnotatorAnswer> {
    const id = typeof data.id === 'string' ? data.id : null;
    const answer: AnnotatorAnswer = { id };
    try {
      const request = annotatorRequest(data);
      this.checkName(request.annotator);
      let note = '';
      try {
        note = this.#obey(request);
      } catch (error) {
        answer.error = (error as Error).message;
      }
      answer.state = await this.#state(request.annotator, note);
    } catch (error) {
      answer.error = (error as Error).message;
    }
    return answer;
  }

  /** @throws {Error} when it is not a name, or of nobody who may vote */
  checkName(name: unknown): void {
    if (!isAnnotatorName(name)) {
      throw new TypeError(`annotator: expected an annotator's name, received ${JSON.stringify(name)}`);
    }
    if (this.annotators.length > 0 && !this.annotators.includes(name as string)) {
      throw new Error(
        `annotator: "${name}" may not vote here; the annotators are ${this.annotators.join(', ')}`,
      );
    }
  }

  /** Does what is asked; returns the note of a vote that was taken back. */
  #obey(request: AnnotatorRequest): string {
    const { id, annotator } = request;
    switch (request.type) {
      case 'vote':
      case 'skip':
        this.queue.judge(id, annotator, {
          ...request,
          pass: request.type === 'vote' ? request.pass : undefined,
        });
        return '';
      case 'undo':
        return this.queue.undo(id, annotator);
      case 'revisit':
        this.queue.revisit(id, annotator);
        return '';
      default:
        this.queue.refresh();
        return '';
    }
  }

  async #state(annotator: string, note: string): Promise<AnnotatorState> {
    const { votes, skipped, left } = this.queue.progress(annotator);
    const [clip = null, next = null] = await Promise.all(
      this.queue.next(annotator).map((clip) => this.#blindClip(clip)),
    );
    return {
      ...{ annotator, clip, next, note, votes, skipped, left },
      agreement: this.queue.agreement({ blind: left > 0 }) ?? null,
      repairs: this.log.repairs,
    };
  }

  /** What an annotator may know of a clip. */
  async #blindClip({ id, path, prompt }: Clip): Promise<AnnotatorClip> {
    const video = this.#videos.get(path) ?? clipData(path, this.keys[path]);
    this.#videos.set(path, video);
    try {
      return { id, prompt, video: await video };
    } catch {
      this.#videos.delete(path);
      return { id, prompt, failure: 'This video cannot be read. Skip it, and tell who made the queue.' };
    }
  }
}
