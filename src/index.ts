/**
 * solireward: video reward models from pass/fail labels. This file is the whole public surface, in the order of the
 * work: engine, data, pairing, model, loss, train, score, analysis, plot, notebook.
 */

import { allPairRatio } from './analysis/allPairRatio.js';
import { auc } from './analysis/auc.js';
import { bestF1 } from './analysis/bestF1.js';
import { bestOfN } from './analysis/bestOfN.js';
import { brier, expectedCalibrationError, reliability } from './analysis/calibration.js';
import { chooseThreshold } from './analysis/chooseThreshold.js';
import { aucInterval, delong } from './analysis/delong.js';
import { histogram, mean, median } from './analysis/distribution.js';
import { evaluate } from './analysis/evaluate.js';
import { evaluatePairs } from './analysis/evaluatePairs.js';
import { groupAdvantages } from './analysis/groupAdvantages.js';
import { kendall } from './analysis/kendall.js';
import { kolmogorovSmirnov } from './analysis/kolmogorovSmirnov.js';
import { mcnemar } from './analysis/mcnemar.js';
import { overSeeds, pairedOverSeeds, verdict } from './analysis/overSeeds.js';
import { pairedBootstrap } from './analysis/pairedBootstrap.js';
import { meanMargin, pairAccuracy } from './analysis/pairs.js';
import { pearson } from './analysis/pearson.js';
import { logistic, plattScaling } from './analysis/plattScaling.js';
import { populationStability } from './analysis/populationStability.js';
import { averagePrecision, precisionRecall } from './analysis/precisionRecall.js';
import { rocCurve } from './analysis/rocCurve.js';
import { scoreCollapse } from './analysis/scoreCollapse.js';
import { spearman } from './analysis/spearman.js';
import { wasserstein } from './analysis/wasserstein.js';
import { wilson } from './analysis/wilson.js';
import { bootstrap } from './base/bootstrap.js';
import { readScores } from './data/tables/scores.js';
import { decodeFrames } from './data/video/decodeFrames.js';
import { FrameCache } from './data/video/frameCache.js';
import { probe } from './data/video/probe.js';
import { readClips } from './data/video/readClips.js';
import { sampleFrames } from './data/video/sampleFrames.js';
import { videoLimits } from './data/video/videoLimits.js';
import { aggregate } from './data/votes/aggregate.js';
import { agreement } from './data/votes/agreement.js';
import { clipsOf } from './data/votes/clipsOf.js';
import { dawidSkene } from './data/votes/dawidSkene.js';
import { fetv } from './data/votes/fetv.js';
import { splitByPrompt } from './data/votes/split.js';
import { readVotes, votesTable, writeVotes } from './data/votes/votes.js';
import { annotate, annotatePairs } from './data/world/annotators.js';
import { worldPrompts } from './data/world/prompt.js';
import { makeWorld } from './data/world/world.js';
import { check } from './engine/check.js';
import { use } from './engine/use.js';
import { fromHub } from './fromHub.js';
import { bce } from './loss/bce.js';
import { bt } from './loss/bt.js';
import { btWt } from './loss/btWt.js';
import { combined } from './loss/combined.js';
import { winTie } from './loss/winTie.js';
import { dimensionPrompts, taskPrompts } from './model/input/prompt.js';
import { published, tinyConfig } from './model/presets.js';
import { RewardModel } from './model/rewardModel.js';
import { Features } from './model/stages/features.js';
import { tiny } from './model/tiny.js';
import { annotator } from './notebook/annotator.js';
import { clearOutput } from './notebook/clearOutput.js';
import { display } from './notebook/display.js';
import { input } from './notebook/input.js';
import { liveChart } from './notebook/liveChart.js';
import { npm } from './notebook/npm.js';
import { pair } from './notebook/pair.js';
import { player } from './notebook/player.js';
import { progress } from './notebook/progress.js';
import { sh } from './notebook/sh.js';
import { table } from './notebook/table.js';
import { crossPrompt } from './pairing/crossPrompt.js';
import { inPrompt } from './pairing/inPrompt.js';
import { listed } from './pairing/listed.js';
import { readOfficial, writeOfficial } from './pairing/official.js';
import { curves } from './plot/curves.js';
import { estimates } from './plot/estimates.js';
import { Figure } from './plot/figure.js';
import { groupShares } from './plot/groupShares.js';
import { pairMargins } from './plot/pairMargins.js';
import { precisionRecallCurve } from './plot/precisionRecallCurve.js';
import { reliabilityCurve } from './plot/reliabilityCurve.js';
import { roc } from './plot/roc.js';
import { scoreDistribution } from './plot/scoreDistribution.js';
import { thresholdCosts } from './plot/thresholdCosts.js';
import { trainingCurves } from './plot/trainingCurves.js';
import { grpo } from './posttrain/grpo.js';
import { Policy } from './posttrain/policy.js';
import { sample } from './posttrain/sample.js';
import { analyze } from './report/analyze.js';
import { attention } from './score/attention.js';
import { clips } from './score/clips.js';
import { file } from './score/file.js';
import { cards } from './train/cards.js';
import { estimate } from './train/estimate.js';
import { fit } from './train/fit.js';
import { microBatch } from './train/microBatch.js';
import { readRun } from './train/run.js';

/** Where everything is computed. */
export const engine = { use, check };

/** Votes, labels, agreement, splits, video, and the generated world. */
export const data = {
  readVotes,
  votesTable,
  writeVotes,
  agreement,
  aggregate,
  dawidSkene,
  splitByPrompt,
  clipsOf,
  readScores,
  fetv,
  makeWorld,
  annotate,
  annotatePairs,
  probe,
  sampleFrames,
  videoLimits,
  decodeFrames,
  readClips,
  FrameCache,
};

/** Pairs as seeded, lazy streams. */
export const pairing = { crossPrompt, inPrompt, listed, readOfficial, writeOfficial };

/** Reward models: load, make, save. */
export const model = {
  tiny,
  load: RewardModel.load.bind(RewardModel),
  fromHub,
  create: RewardModel.create.bind(RewardModel),
  presets: { tiny: tinyConfig, ...published },
  taskPrompts,
  dimensionPrompts,
  Features,
};

/** Losses on the rewards of pairs. */
export const loss = { bt, btWt, winTie, bce, combined };

/** Training runs. */
export const train = { fit, estimate, microBatch, cards, readRun };

/** A small generator of world clips, and its post-training against a reward. */
export const posttrain = { Policy, grpo, sample, worldPrompts };

/** Scores of clips, and of the items of a file; where a model looks. */
export const score = { clips, file, attention };

/** The quick look at a score file; metrics and tests on plain arrays of scores and labels, with intervals. */
export const analysis = {
  analyze,
  evaluate,
  evaluatePairs,
  pairAccuracy,
  meanMargin,
  auc,
  allPairRatio,
  bestF1,
  rocCurve,
  histogram,
  mean,
  median,
  scoreCollapse,
  bootstrap,
  averagePrecision,
  precisionRecall,
  aucInterval,
  delong,
  mcnemar,
  pairedBootstrap,
  overSeeds,
  pairedOverSeeds,
  verdict,
  pearson,
  spearman,
  kendall,
  plattScaling,
  logistic,
  reliability,
  expectedCalibrationError,
  brier,
  chooseThreshold,
  groupAdvantages,
  bestOfN,
  kolmogorovSmirnov,
  wasserstein,
  populationStability,
  wilson,
};

/** Figures that show themselves. */
export const plot = {
  scoreDistribution,
  pairMargins,
  roc,
  trainingCurves,
  curves,
  estimates,
  Figure,
  groupShares,
  precisionRecallCurve,
  reliabilityCurve,
  thresholdCosts,
};

/** Players, the annotator, tables, progress and live charts. */
export const notebook = {
  display,
  clearOutput,
  input,
  table,
  player,
  pair,
  annotator,
  progress,
  liveChart,
  sh,
  npm,
};

export type { EvaluationRow } from './analysis/evaluate.js';
export type { Interval } from './base/bootstrap.js';
export type { Clip } from './data/clip.js';
export type { GeneratedClip } from './data/world/generate.js';
export type { World, WorldOptions } from './data/world/world.js';
export type { Loss } from './loss/loss.js';
export type { RewardModelConfig } from './model/config.js';
export type { Prompts } from './model/input/prompt.js';
export type { RewardModel } from './model/rewardModel.js';
export type { Annotator, AnnotatorOptions } from './notebook/annotator.js';
export type { CommandOptions, CommandResult } from './notebook/command.js';
export type { Pair, PairStream } from './pairing/pair.js';
export type { GrpoOptions, GrpoRecord } from './posttrain/grpo.js';
export type { AnalyzeOptions } from './report/analyze.js';
export type { Report } from './report/report.js';
export type { ScoreTable } from './score/clips.js';
export type { Estimate } from './train/estimate.js';
export type { FitOptions, FitProgress } from './train/fit.js';
export type { Run } from './train/run.js';
