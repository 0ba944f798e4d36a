import type { Clip } from '../data/clip.js';
import type { ClipInput } from '../model/input/batch.js';
import { faultOf, type Reward, rewardsOf } from '../model/rewards.js';
import type { ClipScorer } from '../model/scoreBatches.js';

/** A clip that waits for its score. */
interface Job {
  clip: Clip;
  signal: AbortSignal;
  resolve(score: Reward): void;
  reject(error: Error): void;
}

/**
 * The clips that a model is to score, from any number of callers: each is read as soon as there is room, and while the
 * model computes one batch those that have been read since become the next one. What else is in its batch changes the
 * rounding of a clip's score alone.
 */
export class ScoreQueue {
  private readonly waiting: Job[] = [];
  private readonly ready: (Job & { input: ClipInput })[] = [];
  private reading = 0;
  private computing = 0;
  private idle: (() => void)[] = [];

  /** @param batchSize clips that go through the model together; twice as many are read at once. */
  constructor(
    private readonly model: ClipScorer<Reward>,
    private readonly batchSize: number,
  ) {}

  /** Clips that have no score yet. */
  get size(): number {
    return this.waiting.length + this.reading + this.ready.length + this.computing;
  }

  /**
   * The score of a clip, whose file has to stay until then.
   * @throws with the reason why it has none, and with the signal's reason.
   */
  score(clip: Clip, signal: AbortSignal): Promise<Reward> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const abort = () => reject(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      const end = () => signal.removeEventListener('abort', abort);
      this.waiting.push({
        clip,
        signal,
        resolve: (score) => {
          end();
          resolve(score);
        },
        reject: (error) => {
          end();
          reject(error);
        },
      });
      this.read();
    });
  }

  /** When every clip that was taken has its score or its error. */
  async settled(): Promise<void> {
    if (this.size > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private read(): void {
    while (this.reading < 2 * this.batchSize && this.waiting.length > 0) {
      const job = this.waiting.shift() as Job;
      if (job.signal.aborted) continue;
      this.reading++;
      void this.input(job);
    }
    this.tellIdle();
  }

  /** Reads a clip; nothing is thrown, since nobody waits for it but the job. */
  private async input(job: Job): Promise<void> {
    const { clip, signal } = job;
    try {
      const { inputs, failures } = await this.model.processor.processMany([clip], this.model.prompts, {
        signal,
      });
      if (inputs[0]) this.ready.push({ ...job, input: inputs[0] });
      else job.reject(new Error(failures[0]?.reason ?? 'the clip was not read'));
    } catch (error) {
      job.reject(error as Error);
    } finally {
      this.reading--;
      this.read();
      void this.compute();
    }
  }

  private async compute(): Promise<void> {
    if (this.computing > 0) return;
    for (;;) {
      const batch = this.ready.splice(0, this.batchSize).filter(({ signal }) => !signal.aborted);
      if (batch.length === 0 && this.ready.length === 0) break;
      this.computing = batch.length;
      try {
        const rewards = await rewardsOf(
          this.model,
          batch.map(({ input }) => input),
        );
        for (const [i, { resolve, reject }] of batch.entries()) {
          const fault = faultOf(rewards[i]);
          if (fault === undefined) resolve(rewards[i] as Reward);
          else reject(new Error(fault));
        }
      } catch (error) {
        for (const { reject } of batch) reject(error as Error);
      } finally {
        this.computing = 0;
      }
    }
    this.tellIdle();
  }

  private tellIdle(): void {
    if (this.size > 0) return;
    for (const tell of this.idle.splice(0)) tell();
  }
}
