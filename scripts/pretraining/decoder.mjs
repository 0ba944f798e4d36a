// Makes assets/tiny/pretrained.safetensors: the backbone of the tutorial's model. Its vision part comes from vision.mjs;
// here the decoder learns from unlabelled clips of the generated world, behind each frame,
// - the state of the bodies of each colour: how many, where, how fast, how much faster than before, their outline, how
//   it differs from before and from the first frame, and where they will be in the next frame that the model sees,
// and, behind the last frame, the words of the clip's prompt, and, where a prompt is shown, whether it is the clip's own
// (image-text matching): it is set against other clips' prompts, then more and more often against one with a changed
// word. No pass/fail label takes part.
//
//   npm run build && node scripts/pretraining/vision.mjs
//   node scripts/pretraining/decoder.mjs [steps] [clips] [file] [file to go on from]

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Random } from '../../dist/src/base/random.js';
import { colours, motions, shapes } from '../../dist/src/data/world/body.js';
import { promptText, vocabulary } from '../../dist/src/data/world/prompt.js';
import { bytesTensor } from '../../dist/src/engine/bytes.js';
import { use } from '../../dist/src/engine/use.js';
import { InternVL } from '../../dist/src/model/family/internvl/backbone.js';
import { initialize } from '../../dist/src/model/initialize.js';
import { assemble, dimensionPrompts } from '../../dist/src/model/input/prompt.js';
import { Tokens } from '../../dist/src/model/input/tokens.js';
import { parameterSpecs } from '../../dist/src/model/parameters.js';
import { tinyConfig } from '../../dist/src/model/presets.js';
import { readWeights, writeWeights } from '../../dist/src/model/weights/safetensors.js';
import { parameter } from '../../dist/src/model/weights/weights.js';
import { AdamW } from '../../dist/src/train/adamw.js';
import { gatherGradients } from '../../dist/src/train/buckets.js';
import { frameIndices, makeClips, outlineOf, rateAt, seen, size } from './clips.mjs';

/** @type {typeof import('@tensorflow/tfjs-core')} The one that src/engine/tf.ts loads. */
const tf = createRequire(import.meta.url)('@tensorflow/tfjs');

/** @typedef {import('../../dist/src/data/world/body.js').BodyState} BodyState */
/** @typedef {import('../../dist/src/data/world/body.js').Colour} Colour */
/** @typedef {import('../../dist/src/data/world/prompt.js').Phrase} Phrase */
/** @typedef {import('../../dist/src/engine/tf.js').Scalar} Scalar */
/** @typedef {Awaited<ReturnType<typeof readyClips>>[number]} ReadyClip */

const steps = Number(process.argv[2] ?? 5000);
const clipCount = Number(process.argv[3] ?? 8000);
const folder = fileURLToPath(new URL('../../assets/tiny/', import.meta.url));
const visionFile = fileURLToPath(new URL('../../.cache/tiny-vision.safetensors', import.meta.url));
const output = process.argv[4] ?? `${folder}pretrained.safetensors`;
const earlier = process.argv[5];
// Far from the seeds of tutorials, so that no clip is met again; who goes on sees other clips.
const seed = earlier ? 40_000_000 : 30_000_000;
const batchSize = 32;
const peakRate = 1.5e-3;

const outlineFields = 7; // see `bodiesOf`
const fields = 6 + 2 * 2 + 3 * outlineFields; // of one colour in one frame, see `statesOf`
const targetSize = colours.length * fields;

await use('native');
const random = new Random(seed);
const tokens = await Tokens.load(folder);
const config = tinyConfig(tokens.size);
const { hiddenSize } = config.llm;
const tokensOfClip = 4 * frameIndices.length;
const weights = initialize(
  new Map([...parameterSpecs(config)].filter(([name]) => /^(vision|mlp1|language)/.test(name))),
  1,
);
for (const [name, variable] of await readWeights(earlier ?? visionFile))
  parameter(weights, name).assign(variable);
const backbone = new InternVL(weights, config, tokens.id('<IMG_CONTEXT>'));
const endOfFrame = tokens.id('</img>');
const readout = tf.variable(
  tf.randomNormal([hiddenSize, targetSize], 0, 0.05, 'float32', 1),
  true,
  'readout.weight',
);
const matchReadout = tf.variable(tf.zeros([hiddenSize, 1]), true, 'match.weight');
const wordReadout = tf.variable(tf.zeros([hiddenSize, vocabulary.length]), true, 'words.weight');

const clips = await readyClips();
const trained = new Map([...weights].filter(([name]) => /^language_model\.model/.test(name)));
trained.set('readout.weight', readout).set('match.weight', matchReadout).set('words.weight', wordReadout);
const optimizer = new AdamW(trained, { weightDecay: 0.02 });
const variables = [...trained.values()];

const start = Date.now();
let hardShare = 0;
let means = [0, 0, 0];
for (let step = 0; step < steps; step++) {
  hardShare = earlier ? 0.7 : Math.min(0.7, 1.4 * (step / steps));
  const losses = update(rateAt(peakRate, step, steps));
  means = means.map((mean, i) => mean + (losses[i] - mean) / Math.min(step + 1, 200));
  if (step % 250 === 0) {
    const seconds = Math.round((Date.now() - start) / 1000);
    const [state, match, words] = means.map((mean) => mean.toFixed(4));
    console.log(`step ${step} after ${seconds} s: state error ${state}, match loss ${match}, words ${words}`);
    await save();
  }
}
await save();
console.log(`wrote ${output}: losses ${means.map((mean) => mean.toFixed(4)).join(', ')}`);

async function save() {
  const backboneOnly = [...weights].filter(([name]) => !name.includes('lm_head'));
  await writeWeights(output, new Map(backboneOnly));
}

/**
 * One step on clips of all three questions; half of them show the prompt.
 * @param {number} rate
 */
function update(rate) {
  const rows = Array.from({ length: batchSize }, (_, i) => sequence(random.choice(clips), i % 2 === 0));
  const length = Math.max(...rows.map(({ ids }) => ids.length));
  const ids = new Int32Array(batchSize * length).fill(tokens.padId);
  const mask = new Float32Array(batchSize * length);
  const visual = new Float32Array(batchSize * tokensOfClip * hiddenSize);
  /** @type {number[]} */
  const framePlaces = [];
  /** @type {number[]} */
  const lastPlaces = [];
  rows.forEach((row, i) => {
    ids.set(row.ids, i * length);
    mask.fill(1, i * length, i * length + row.ids.length);
    visual.set(row.clip.visual, i * tokensOfClip * hiddenSize);
    row.ids.forEach((id, at) => {
      if (id === endOfFrame) framePlaces.push(i * length + at);
    });
    lastPlaces.push(i * length + row.ids.length - 1);
  });
  const targets = new Float32Array(batchSize * frameIndices.length * targetSize);
  const known = new Float32Array(targets.length);
  rows.forEach(({ clip }, i) => {
    targets.set(clip.targets, i * clip.targets.length);
    known.set(clip.known, i * clip.known.length);
  });
  const asked = Float32Array.from(rows, ({ matches }) => (matches === undefined ? 0 : 1));
  const matches = Float32Array.from(rows, (row) => (row.matches ? 1 : 0));

  const { vectors, report } = tf.tidy(() => {
    const frames = batchSize * frameIndices.length;
    const y = tf.tensor2d(targets, [frames, targetSize]);
    const there = tf.tensor2d(known, [frames, targetSize]);
    const [isAsked, isMatch] = [tf.tensor1d(asked), tf.tensor1d(matches)];
    const said = tf.tensor2d(rows.map(({ clip }) => clip.words));
    const inputIds = tf.tensor2d(ids, [batchSize, length], 'int32');
    const attention = tf.tensor2d(mask, [batchSize, length]);
    const seen = tf.tensor2d(visual, [batchSize * tokensOfClip, hiddenSize]);
    /** @type {import('../../dist/src/engine/tf.js').Tensor[]} */
    let parts = [];
    const { grads } = tf.variableGrads(() => {
      const states = backbone.decode(inputIds, attention, seen);
      const last = tf.reshape(states[states.length - 1], [-1, hiddenSize]);
      const state = tf.matMul(tf.gather(last, framePlaces), readout);
      const error = tf.div(tf.sum(tf.mul(tf.square(tf.sub(state, y)), there)), tf.sum(there));
      const logits = tf.reshape(tf.matMul(tf.gather(last, lastPlaces), matchReadout), [-1]);
      const crossEntropy = tf.sub(tf.softplus(logits), tf.mul(logits, isMatch));
      const match = tf.div(tf.sum(tf.mul(crossEntropy, isAsked)), tf.sum(isAsked));
      const wordLogits = tf.matMul(tf.gather(last, lastPlaces), wordReadout);
      const word = tf.mean(tf.sub(tf.softplus(wordLogits), tf.mul(wordLogits, said)));
      parts = [tf.keep(error), tf.keep(match), tf.keep(word)];
      return /** @type {Scalar} */ (tf.addN([tf.mul(2, error), match, tf.mul(4, word)]));
    }, variables);
    const vectors = gatherGradients(optimizer.buckets, grads);
    const norm = tf.sqrt(tf.addN(vectors.map((vector) => tf.sum(tf.square(vector)))));
    const report = tf.stack([...parts, norm]);
    tf.dispose(parts);
    return { vectors, report };
  });
  const [state, match, words, norm] = report.dataSync();
  optimizer.update(vectors, rate, Math.min(1, 1 / norm));
  tf.dispose([report, vectors]);
  return [state, match, words];
}

/** Clips of the world, prompts always right, seen through the vision part. */
async function readyClips() {
  const made = await makeClips(clipCount, { seed, failShare: { alignment: 0, deformity: 0.5 } });
  return made.map(({ prompt, phrases, frames, tiles }) => {
    const shape = [frames.length, size, size, 3];
    const visual = tf.tidy(() =>
      backbone.encodeVision(/** @type {any} */ (bytesTensor(tiles, shape))).dataSync(),
    );
    return { prompt, phrases, words: wordsOf(prompt), visual, ...statesOf(frames) };
  });
}

/**
 * Targets [frame, colour, field] of a clip, and 1 where a field is known.
 * @param {BodyState[][]} frames
 */
function statesOf(frames) {
  const targets = new Float32Array(frames.length * targetSize);
  const known = new Float32Array(targets.length);
  const states = frames.map((bodies) => colours.map((colour) => bodiesOf(bodies, colour)));
  states.forEach((state, k) => {
    state.forEach((now, c) => {
      const [first, before, earlier, next] = [0, k - 1, k - 2, k + 1].map((frame) => states[frame]?.[c]);
      const same = (/** @type {typeof now | undefined} */ other) =>
        now.count > 0 && other?.count === now.count;
      /**
       * Change a frame from one state to the one that the model sees next, the j-th.
       * @param {typeof now} from
       * @param {typeof now} to
       * @param {'x' | 'y'} axis
       * @param {number} j
       */
      const speed = (from, to, axis, j) => (to[axis] - from[axis]) / (frameIndices[j] - frameIndices[j - 1]);
      const values = [
        [now.count],
        when(before, (b) => [now.count - b.count], 1),
        when(now.count > 0 && now, ({ x, y, outline }) => [2 * x, 2 * y, ...outline], 2 + outlineFields),
        when(
          same(before) && before,
          (b) => [
            15 * speed(b, now, 'x', k),
            15 * speed(b, now, 'y', k),
            ...now.outline.map((value, i) => value - b.outline[i]),
          ],
          2 + outlineFields,
        ),
        when(
          same(first) && first,
          ({ outline }) => now.outline.map((value, i) => value - outline[i]),
          outlineFields,
        ),
        when(
          same(before) && same(earlier) && before && earlier && { b: before, e: earlier },
          ({ b, e }) => [
            15 * (speed(b, now, 'x', k) - speed(e, b, 'x', k - 1)),
            15 * (speed(b, now, 'y', k) - speed(e, b, 'y', k - 1)),
          ],
          2,
        ),
        when(same(next) && next, ({ x, y }) => [2 * x, 2 * y], 2),
      ].flat();
      values.forEach((value, field) => {
        if (value === undefined) return;
        const at = k * targetSize + c * fields + field;
        targets[at] = value;
        known[at] = 1;
      });
    });
  });
  return { targets, known };
}

/**
 * The values of what is there; of what is not, as many that are not known.
 * @template T
 * @param {T | false | undefined} there
 * @param {(there: T) => number[]} values
 * @param {number} count
 * @returns {(number | undefined)[]}
 */
function when(there, values, count) {
  return there ? values(there) : new Array(count).fill(undefined);
}

/**
 * The bodies of one colour that can be seen in a frame: how many, their mean place, and their mean outline.
 * @param {readonly BodyState[]} bodies
 * @param {import('../../dist/src/data/world/body.js').Colour} colour
 */
function bodiesOf(bodies, colour) {
  const there = seen(bodies, colour);
  const mean = (/** @type {(body: BodyState) => number} */ value) =>
    there.reduce((sum, body) => sum + value(body), 0) / there.length;
  const outline = [
    mean((body) => 12 * outlineOf(body).width),
    mean((body) => 12 * outlineOf(body).height),
    mean((body) => 12 * outlineOf(body).sag),
    mean((body) => 12 * outlineOf(body).gap),
    ...shapes.map((_, i) => mean((body) => outlineOf(body).shape[i])),
  ];
  return { count: there.length, x: mean(({ x }) => x), y: mean(({ y }) => y), outline };
}

/**
 * A clip's token sequence: with a prompt that is its own or not, or with one of the questions that show none.
 * @param {ReadyClip} clip
 * @param {boolean} showsPrompt
 */
function sequence(clip, showsPrompt) {
  const dimension = showsPrompt ? 'alignment' : random.choice(['physics', 'deformity']);
  const matches = showsPrompt ? random.chance(0.5) : undefined;
  const prompt = matches === false ? otherPrompt(clip) : clip.prompt;
  const pieces = assemble(
    dimensionPrompts(dimension),
    { id: '', prompt },
    frameIndices.map(() => 1),
    4,
  );
  return { clip, matches, ids: tokens.encode(pieces) };
}

/**
 * 1 for each word of the vocabulary that a prompt has.
 * @param {string} prompt
 */
function wordsOf(prompt) {
  const said = new Set(prompt.split(' '));
  return vocabulary.map((word) => (said.has(word) ? 1 : 0));
}

/**
 * Another clip's prompt, or this one with one thing changed.
 * @param {ReadyClip} clip
 * @returns {string}
 */
function otherPrompt(clip) {
  if (!random.chance(hardShare)) {
    const other = random.choice(clips).prompt;
    if (other !== clip.prompt) return other;
  }
  const phrases = clip.phrases.map((phrase) => ({ ...phrase }));
  const phrase = random.choice(phrases);
  /**
   * @template {'colour' | 'shape' | 'motion' | 'count'} Field
   * @param {Field} field
   * @param {readonly Phrase[Field][]} values
   */
  const change = (field, values) => {
    phrase[field] = random.choice(values.filter((value) => value !== phrase[field]));
  };
  random.choice([
    () => change('colour', colours),
    () => change('shape', shapes),
    () => change('motion', motions),
    () => change('motion', mirrored(phrase.motion)),
    () => change('count', [1, 2, 3]),
  ])();
  return promptText(phrases);
}

/**
 * The motion that is the same but for its direction; every motion where it has none.
 * @param {Phrase['motion']} motion
 */
function mirrored(motion) {
  const [verb, direction] = motion.split(' ');
  return direction ? motions.filter((other) => other.startsWith(verb) && other !== motion) : motions;
}
