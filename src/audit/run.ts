import { cellSignal } from '../base/host.js';
import type { Clip } from '../data/clip.js';
import type { Reward } from '../model/rewards.js';
import type { ClipScorer } from '../model/scoreBatches.js';
import { Audit, type AuditColumn, type AuditFailure } from './audit.js';
import {
  type AuditDimension,
  auditDimensions,
  checkExpectations,
  type Expectations,
  expectations as tableOf,
} from './expectations.js';
import { judge } from './judge.js';
import { type Paraphrases, type Requests, requestsOf } from './requests.js';
import type { AuditedClip, Scored, ScoreFunction, Scorer } from './scorer.js';
import { ScorerError } from './scorerError.js';
import { type ScorerOptions, scorerOf } from './scorerOf.js';
import { clipsAtOnce, type MadeVariants, VariantFiles } from './variantFiles.js';
import { families as allFamilies, type Family, videoVariants } from './variants.js';

/** How an audit is made. */
export interface AuditOptions extends ScorerOptions {
  /** What should drop, stay or is open: the table of a dimension, or one of your own. Default: that of the model's dimension. */
  expectations?: AuditDimension | Expectations;
  /** What is tried. Default: all families. */
  families?: readonly Family[];
  /** Other words for a prompt, by the prompt. */
  paraphrases?: Paraphrases;
  /** Where variants are kept, for the next audit too. Default `runs/audit`. */
  folder?: string;
  /** Of shuffles, drops and other prompts; any integer. Default 1. */
  seed?: number;
  /** What the scorer is called. Default: what it calls itself. */
  name?: string;
  /** Stops between clips, with the signal's reason. Default: the interrupt of the notebook's cell. */
  signal?: AbortSignal;
  /** Called after each clip. */
  onProgress?: (progress: AuditProgress) => void;
}

/** How far an audit is. */
export interface AuditProgress {
  /** Clips whose variants are made, or scores that are there. */
  stage: 'variants' | 'scores';
  /** How many there are already. */
  done: number;
  /** How many there will be. */
  total: number;
}

/**
 * Audits what a reward sees, and where it can be cheated: scores clips, and the same clips changed in known ways, all encoded
 * alike; compares them clip by clip; and gives a verdict on each kind of change by what is expected of it.
 * Clips and scores that fail are left out by name. The same clips, seed and scorer give the same audit. Of an ensemble each change also
 * has the mean spread of its scores, and a mark where its drop is smaller.
 * @param scorer a reward model, heads of one dimension, a function of clips, `command(…)` or `served(…)`
 * @param clips with the prompts they were generated from
 * @throws {RangeError} for no clip, two of one id, or something else than a table of expectations; Error when no clip can be read or
 *   scored; what the scorer as a whole does wrong (too few scores, no answer in time); and the signal's reason
 */
export async function run(
  scorer: ClipScorer<Reward> | ScoreFunction | Scorer,
  clips: readonly Clip[],
  options: AuditOptions = {},
): Promise<Audit> {
  const { families = allFamilies, paraphrases = {}, folder = 'runs/audit', seed = 1 } = options;
  const { signal = cellSignal(), onProgress } = options;
  const expectations = expectationsOf(scorer, options.expectations);
  check(clips, families);
  const asked = scorerOf(scorer, options);
  const wanted = videoVariants.filter(({ family }) => families.includes(family));

  const failures: AuditFailure[] = [];
  const files = new VariantFiles(folder, seed);
  const outcomes = await inLanes(clips, clipsAtOnce, (clip) => files.make(clip, wanted, signal), {
    signal,
    onDone: (done) => onProgress?.({ stage: 'variants', done, total: clips.length }),
  });
  const readable = clips.flatMap((clip, i) => {
    const made = outcomes[i];
    if (!(made instanceof Error)) return [{ clip, made }];
    failures.push({ clip: clip.id, reason: made.message });
    return [];
  });
  if (readable.length === 0) {
    throw new Error(`audit: none of ${clips.length} clips can be read; the first: ${failures[0].reason}`);
  }
  for (const { clip, made } of readable) {
    for (const [v, { family, level }] of wanted.entries()) {
      const file = made.variants[v];
      if (file instanceof Error)
        failures.push({ clip: clip.id, change: `${family} ${level}`, reason: file.message });
    }
  }

  const requests = requestsOf(
    readable.map(({ clip }) => clip),
    readable.map(({ made }) => made),
    wanted,
    { wanted: families, paraphrases, seed },
  );
  const retest = families.includes('retest') ? [requests.retest] : [];
  const once = [requests.control, ...requests.changes.map(({ clips }) => clips)].flat().filter(isAsked);
  // The second time in another order and another batch.
  const twice = retest.flatMap(({ clips }) => clips.filter(isAsked).reverse());
  const total = once.length + twice.length;
  let done = 0;
  const onScored = (count: number) => {
    done += count;
    onProgress?.({ stage: 'scores', done, total });
  };
  const scored = new Map<string, Scored>();
  for (const part of [once, twice]) {
    if (part.length === 0) continue;
    const found = await asked.score(part, { signal, onScored }).catch((error: Error) => {
      if (error instanceof ScorerError) throw new Error(`audit: ${error.message}`);
      throw error;
    });
    for (const [i, outcome] of found.entries()) scored.set(part[i].id, outcome);
  }
  const scoreOf = (clip: AuditedClip | undefined): number | undefined => {
    const outcome = clip && scored.get(clip.id);
    return outcome && 'score' in outcome ? outcome.score : undefined;
  };
  const spreadOf = (clip: AuditedClip | undefined): number | undefined => {
    const outcome = clip && scored.get(clip.id);
    return outcome && 'score' in outcome ? outcome.spread : undefined;
  };
  for (const clip of [...once, ...twice]) {
    const outcome = scored.get(clip.id);
    if (outcome && 'reason' in outcome) {
      const change = clip.family === 'control' ? undefined : `${clip.family} ${clip.level}`;
      failures.push({ clip: clip.of, ...(change && { change }), reason: outcome.reason });
    }
  }
  const control = requests.control.map(scoreOf);
  if (control.every((score) => score === undefined)) {
    const [first] = failures.filter(({ change }) => change === undefined);
    throw new Error(
      `audit: ${asked.name} scores none of ${control.length} clips; the first: ${first?.reason}`,
    );
  }
  const columns = [...requests.changes, ...retest].map(
    (column: Requests): AuditColumn => ({
      ...column,
      scores: column.clips.map(scoreOf),
      spreads: column.clips.map(spreadOf),
    }),
  );
  return new Audit({
    name: options.name ?? asked.name,
    given: clips.length,
    control: requests.control.map((clip, i) => ({ ...clip, score: control[i], spread: spreadOf(clip) })),
    columns,
    failures,
    judgement: judge(control, columns, expectations),
  });
}

const isAsked = (clip: AuditedClip | undefined): clip is AuditedClip => clip !== undefined;

/** The table that is asked for, or that of the model's dimension. */
function expectationsOf(scorer: unknown, given: AuditDimension | Expectations | undefined): Expectations {
  if (typeof given === 'object') {
    checkExpectations(given);
    return given;
  }
  if (given !== undefined) return tableOf(given);
  const dimension = (scorer as { card?: { dimension?: string } } | null)?.card?.dimension;
  const known = auditDimensions.find((name) => name === dimension);
  if (known) return tableOf(known);
  throw new RangeError(
    `audit: say what is expected of the scores: { expectations: 'physics' }, one of ${auditDimensions.join(', ')}, ` +
      'or a table of your own',
  );
}

function check(clips: readonly Clip[], families: readonly Family[]): void {
  if (clips.length === 0) throw new RangeError('audit: expected at least one clip, received none');
  const ids = new Set<string>();
  for (const { id } of clips) {
    if (ids.has(id)) throw new RangeError(`audit: two clips have the id "${id}"; each needs its own`);
    ids.add(id);
  }
  if (families.length === 0) throw new RangeError('audit: expected at least one family, received none');
  const unknown = families.find((family) => !allFamilies.includes(family));
  if (unknown) {
    throw new RangeError(`audit: there is no family "${unknown}"; there are ${allFamilies.join(', ')}`);
  }
}

/** Does the same for clips, so many at once; what fails for a clip is its outcome. */
async function inLanes(
  clips: readonly Clip[],
  lanes: number,
  make: (clip: Clip) => Promise<MadeVariants>,
  { signal, onDone }: { signal?: AbortSignal; onDone: (done: number) => void },
): Promise<(MadeVariants | Error)[]> {
  const outcomes: (MadeVariants | Error)[] = [];
  let [next, done] = [0, 0];
  const lane = async () => {
    while (next < clips.length) {
      const i = next++;
      outcomes[i] = await make(clips[i]).catch((error: Error) => error);
      signal?.throwIfAborted();
      onDone(++done);
    }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, clips.length) }, lane));
  return outcomes;
}
