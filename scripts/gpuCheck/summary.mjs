/**
 * @typedef {import('./child.mjs').Outcome & { title: string, date: string, programs?: number }} Measured
 */

/** What the measurements say, by part. @param {Record<string, Measured>} parts */
export function summarize(parts) {
  const lines = (/** @type {string} */ name) => parts[name]?.lines ?? [];
  const shape = Object.entries(parts).flatMap(([name, part]) => {
    if (name.startsWith('step')) return [ours(part)];
    if (name.startsWith('peer')) return theirs(part);
    return [];
  });
  return {
    shape: shape.filter(({ stepMs, forwardMs }) => stepMs !== undefined || forwardMs !== undefined),
    large: parts.large && largeOf(parts.large),
    products: lines('products'),
    verify: lines('verify'),
    recipe: recipe(lines('recipe')),
    tutorial: Object.assign({}, ...lines('tutorial')),
    tutorialOther: Object.assign({}, ...lines('tutorial-other')),
    webgpu: Object.assign({}, ...lines('webgpu')),
    open: Object.entries(parts).flatMap(([name, { status, title, reason }]) =>
      status === 'measured' ? [] : [{ name, title, status, reason }],
    ),
  };
}

/** One run of step.mjs. @param {Measured} part */
function ours({ lines, programs }) {
  const { precision, compiler, checkpointing, pairs, frames } = settingsIn(lines);
  const about = { who: 'solireward', pairs, frames, precision, compiler, checkpointing };
  const { predictedGiB } = lines.find(({ predictedGiB }) => predictedGiB) ?? {};
  return { ...about, compiled: programs, predictedGiB, ...times(lines, pairs) };
}

/** A model whose head is trained: what it is, and what its features took. @param {Measured} part */
function largeOf(part) {
  const features = part.lines.filter(({ features }) => features !== undefined);
  if (features.length === 0) return undefined;
  const { preset } = settingsIn(part.lines);
  const { parameters } = part.lines.find(({ parameters }) => parameters);
  const [featuresMs, featuresPeakGiB] = [medianMs(features), peak(features)];
  const onCardMs = medianMs(part.lines.filter(({ stepOnCard }) => stepOnCard !== undefined));
  return { preset, parameters, featuresMs, featuresPeakGiB, onCardMs, ...ours(part) };
}

/** The runs of peer.py, one for each precision. @param {Measured} part */
function theirs({ lines }) {
  const { pairs, frames, names = [] } = settingsIn(lines);
  return names.map((/** @type {string} */ precision) => ({
    who: 'PyTorch',
    pairs,
    frames,
    precision,
    ...times(
      lines.filter(({ name }) => name === precision),
      pairs,
    ),
  }));
}

/** @param {any[]} lines @returns {any} */
const settingsIn = (lines) => lines.find(({ settings }) => settings)?.settings ?? {};

/** The first step and forward pass compile; the others are measured. @param {any[]} lines @param {number} pairs */
function times(lines, pairs) {
  const steps = lines.filter(({ step }) => step !== undefined);
  const forwards = lines.filter(({ forward }) => forward !== undefined);
  const stepMs = medianMs(steps);
  const forwardMs = medianMs(forwards);
  return {
    stepMs,
    firstStepMs: rounded(steps[0]?.ms),
    pairsPerSecond: stepMs && rounded((1000 * pairs) / stepMs),
    stepPeakGiB: peak(steps),
    forwardMs,
    firstForwardMs: rounded(forwards[0]?.ms),
    clipsPerSecond: forwardMs && rounded((2000 * pairs) / forwardMs),
    forwardPeakGiB: peak(forwards),
  };
}

/** @param {any[]} lines */
function recipe(lines) {
  const updates = lines.filter(({ update }) => update !== undefined);
  if (updates.length === 0) return undefined;
  const settings = settingsIn(lines);
  const ms = medianMs(updates);
  return {
    updates: updates.length,
    pairsPerUpdate: settings.accumulate,
    frames: settings.frames,
    precision: lines.find(({ precision }) => precision)?.precision,
    msPerUpdate: ms,
    firstUpdateMs: rounded(updates[0].ms),
    secondsPerPair: ms && rounded(ms / 1000 / settings.accumulate),
    peakGiB: peak(updates),
    lowestLoss: Math.min(...updates.map(({ loss }) => loss)),
    highestLoss: Math.max(...updates.map(({ loss }) => loss)),
    /** With its checkpoint. */
    seconds: rounded(lines.find(({ status }) => status)?.seconds),
  };
}

/** Median of all but the first. @param {{ ms: number }[]} lines */
export function medianMs(lines) {
  const sorted = lines
    .slice(1)
    .map(({ ms }) => ms)
    .sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const lower = sorted[sorted.length % 2 === 1 ? middle : middle - 1];
  return sorted.length > 0 ? rounded((lower + sorted[middle]) / 2) : undefined;
}

/** @param {{ peakGiB?: number }[]} lines */
function peak(lines) {
  const peaks = lines.flatMap(({ peakGiB }) => (peakGiB === undefined ? [] : [peakGiB]));
  return peaks.length > 0 ? Math.max(...peaks) : undefined;
}

/** To three digits. @template {number | undefined} T @param {T} value @returns {T} */
const rounded = (value) => /** @type {T} */ (value && Number(value.toPrecision(3)));
