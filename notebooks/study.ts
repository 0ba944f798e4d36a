/** What the notebooks of the study (03 to 06) share: the experiment of one seed, the training budget, the claims. */

import { mkdirSync, writeFileSync } from 'node:fs';
import * as sr from 'solireward';

/** Numbers of a parameter such as "1 2 3". */
export const numbers = (text: string): number[] => text.split(/\s+/).map(Number);

/** Where worlds are rendered; the notebooks share them. */
const worlds = sr.notebook.parameter('WORLDS', '../runs/study/worlds');
const clipCount = sr.notebook.parameter('CLIPS', 1600);
const steps = sr.notebook.parameter('STEPS', 200);
const pairsPerStep = sr.notebook.parameter('PAIRS', 16);

/** The budget of every training. */
export const budget = { clips: clipCount, steps, pairsPerStep, frames: 8 } as const;

/** What is true of a clip. */
export interface TrueClip {
  clip: sr.Clip;
  pass: boolean;
  fault: string;
  /** Of the fault; 0 for a Pass. */
  strength: number;
}

export type Dimension = 'physics' | 'deformity' | 'alignment';

/** The experiment of a seed: a world of its own, split by prompt. */
export interface Experiment {
  seed: number;
  dimension: Dimension;
  /** A quarter of the prompts is only tested on. */
  train: TrueClip[];
  test: TrueClip[];
  /** What the frozen vision part makes of the clips, looked at once for all notebooks. */
  features: InstanceType<typeof sr.model.Features>;
}

/** Makes or finds the world of a seed; 8 clips a prompt, 40% of which fail. */
export async function experiment(seed: number, dimension: Dimension): Promise<Experiment> {
  const world = await sr.data.makeWorld({
    clips: clipCount,
    seed,
    clipsPerPrompt: 8,
    folder: `${worlds}/${clipCount}-${seed}`,
  });
  const byId = new Map(world.clips.map((clip) => [clip.id, clip]));
  const own = world.truth
    .objects()
    .filter((row) => row.dimension === dimension)
    .map(({ clip, pass, fault, strength }) => ({ clip: byId.get(clip)!, pass, fault, strength }));
  const prompts = sr.data.splitByPrompt(trueLabels(own, dimension), { test: 0.25, seed });
  const testPrompts = new Set(prompts.test.array('promptId'));
  const isTest = ({ clip }: TrueClip) => testPrompts.has(clip.promptId!);
  return {
    seed,
    dimension,
    train: own.filter((one) => !isTest(one)),
    test: own.filter(isTest),
    features: new sr.model.Features('decoder+head', { cache: new sr.data.FrameCache(`${worlds}/features`) }),
  };
}

/** Votes of simulated annotators on clips: so many of the five on each. */
export function vote({ seed, dimension }: Experiment, clips: readonly TrueClip[], votesPerClip = 5) {
  const fields = new Map(clips.map(({ clip: { id, ...rest } }) => [id, rest]));
  const truth = clips.map(({ clip, pass, fault, strength }) => ({
    clip: clip.id,
    dimension,
    pass,
    fault,
    strength,
    quality: 1 - strength,
  }));
  const votes = sr.data.annotate(truth, { votesPerClip, seed });
  return sr.data.votesTable(votes.map((one) => ({ ...one, ...fields.get(one.clip) })));
}

/** Labels without a mistake. */
export function trueLabels(clips: readonly TrueClip[], dimension: string) {
  const votes = clips.map(({ clip: { id, ...fields }, pass }) => ({
    clip: id,
    annotator: 'the world',
    dimension,
    pass,
    ...fields,
  }));
  return sr.data.aggregate(sr.data.votesTable(votes), { method: 'majority' });
}

/** One training of the budget: new head, pretrained decoder, frozen vision part; gives the scores of clips, in order. */
export async function trainAndScore(
  { seed, dimension, features }: Experiment,
  pairs: sr.PairStream,
  clips: readonly TrueClip[],
  {
    folder,
    loss,
    head = 'progressive_hierarchical_attention',
    use,
  }: {
    folder: string;
    loss: sr.Loss;
    head?: sr.RewardModelConfig['reduceSequence'];
    /** Is given the trained model, before it is freed, and the scores. */
    use?: (model: sr.RewardModel, scores: number[]) => Promise<void>;
  },
): Promise<number[]> {
  const model = await sr.model.tiny({ dimension, seed, config: { reduceSequence: head } });
  try {
    await sr.train.fit(model, pairs, {
      chart: false,
      loss,
      features,
      trainable: 'decoder+head',
      steps,
      batchSize: budget.pairsPerStep,
      accumulate: 1,
      learningRate: 1e-3,
      schedule: 'cosine',
      weightDecay: 0.05,
      saveEvery: steps,
      folder,
    });
    const list = clips.map(({ clip }) => clip);
    const scored = await sr.score.clips(model, list, { features, batchSize: 32 });
    const scores = scored.array('score');
    await use?.(model, scores);
    return scores;
  } finally {
    model.dispose();
  }
}

/** The losses that are compared, and the shares of ties among the pairs that each is given. */
export const losses = {
  BT: { loss: sr.loss.combined({ btt: 0 }), winTie: 0, loseTie: 0 },
  'BT-WT': { loss: sr.loss.winTie(), winTie: 0.25, loseTie: 0 },
  'BT-LT': { loss: sr.loss.winTie(), winTie: 0, loseTie: 0.25 },
  'BT+BCE': { loss: sr.loss.combined({ btt: 0, bce: 1 }), winTie: 0, loseTie: 0 },
};

export type LossName = keyof typeof losses;
export const lossNames: readonly LossName[] = ['BT', 'BT-WT', 'BT-LT', 'BT+BCE'];

/** An empty list for each loss. */
export const byLoss = <T>(): Record<LossName, T[]> => ({ BT: [], 'BT-WT': [], 'BT-LT': [], 'BT+BCE': [] });

/** Share of the Pass x Fail pairs in the right order, by the truth. */
export const pairAccuracy = (scores: readonly number[], clips: readonly TrueClip[]): number =>
  sr.analysis.allPairRatio(
    scores,
    clips.map(({ pass }) => pass),
  );

export const { mean } = sr.analysis;

/** Of the values themselves, not of a sample. */
export const deviation = (values: readonly number[]): number => {
  const middle = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
};

/** Results of the seeds as an estimate with its interval, to be drawn. */
export const estimate = (name: string, results: readonly number[]) => ({
  name,
  ...sr.analysis.overSeeds(results),
  results,
});

/** A claim and what the results say of it. */
export interface Claim {
  claim: string;
  /** What was measured. */
  measure: string;
  value: number;
  low: number;
  high: number;
  verdict: string;
  /** File of the figure that shows it. */
  figure: string;
}

/** Collects the claims and figures of a notebook in its folder. */
export class Findings {
  readonly claims: Claim[] = [];

  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true });
  }

  /** Keeps a figure as a picture, and gives it back to be shown. */
  figure<F extends { toSvg(): string }>(name: string, figure: F): F {
    writeFileSync(`${this.folder}/${name}.svg`, figure.toSvg());
    return figure;
  }

  /** Decides the claim that the first results are greater than the second, seed by seed. */
  decide(
    claim: string,
    measure: string,
    figure: string,
    first: readonly number[],
    second: readonly number[],
  ): Claim {
    return this.state(claim, measure, figure, sr.analysis.pairedOverSeeds(first, second));
  }

  /** Decides a claim by the interval of a difference. */
  state(
    claim: string,
    measure: string,
    figure: string,
    { value, low, high }: { value: number; low: number; high: number },
  ): Claim {
    const verdict = sr.analysis.verdict({ low, high });
    const found = { claim, measure, value, low, high, verdict, figure: `${figure}.svg` };
    this.claims.push(found);
    return found;
  }

  /** Writes `summary.json`: the claims and whatever else the notebook found. */
  finish(more: object): object {
    const summary = { ...more, budget, claims: this.claims };
    writeFileSync(`${this.folder}/summary.json`, `${JSON.stringify(summary, null, 2)}\n`);
    return summary;
  }
}
