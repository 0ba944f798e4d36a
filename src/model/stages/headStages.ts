import type { Clip } from '../../data/clip.js';
import type { ReadFailure } from '../../data/video/readClips.js';
import type { RewardHeads } from '../rewardHeads.js';
import type { Ratings } from '../rewards.js';
import type { Features } from './features.js';
import type { ScoringStage } from './scoreStage.js';
import { type Stage, stagesOfHeads } from './stage.js';

/** Heads over what is kept of clips, which is made once for all of them. */
export class HeadStages implements ScoringStage<Ratings> {
  private readonly stages: readonly Stage[];

  constructor(
    private readonly model: RewardHeads,
    features: Features,
  ) {
    this.stages = stagesOfHeads(Object.values(model.heads), features);
  }

  get failures(): ReadonlyMap<string, ReadFailure> {
    return new Map(this.stages.flatMap(({ failures }) => [...failures]));
  }

  get waited(): number {
    return this.stages.reduce((sum, { waited }) => sum + waited, 0);
  }

  prepare(clips: readonly Clip[], signal?: AbortSignal): void {
    this.stages[0].prepare(clips, signal);
  }

  async score(clips: readonly Clip[], signal?: AbortSignal): Promise<Map<string, Ratings>> {
    const rewards: Map<string, number>[] = [];
    for (const stage of this.stages) rewards.push(await stage.score(clips, signal));
    const [first, ...others] = rewards;
    return new Map(
      [...first.keys()].flatMap((id) =>
        others.every((other) => other.has(id))
          ? [[id, this.model.ratings(rewards.map((of) => of.get(id) as number))] as const]
          : [],
      ),
    );
  }
}
