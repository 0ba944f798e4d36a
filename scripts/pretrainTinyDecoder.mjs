// Makes assets/tiny/pretrained.safetensors: the backbone of the tutorial's model. Its vision part comes from
// pretrainTiny.mjs; here the decoder learns from unlabelled clips of the generated world, behind each frame,
// - the state of the bodies of each colour: how many, where, how fast, how much faster than before, how large, how
//   much larger than before, and where they will be in the next frame that the model sees,
// and, behind the last frame, the words of the clip's prompt, and, where a prompt is shown, whether it is the clip's own
// (image-text matching): it is set against other clips' prompts, then more and more often against one with a changed
// word. No pass/fail label takes part.
//
//   npm run build && node scripts/pretrainTiny.mjs && node scripts/pretrainTinyDecoder.mjs [minutes, default 15]
import { Random } from '../dist/src/base/random.js';
import { sampleFrames } from '../dist/src/data/video/sampleFrames.js';
import { colours, motions, palette, shapes } from '../dist/src/data/world/body.js';
import { promptText, vocabulary } from '../dist/src/data/world/prompt.js';
import { renderFrame } from '../dist/src/data/world/render.js';
import { simulate } from '../dist/src/data/world/simulate.js';
import { tf } from '../dist/src/engine/tf.js';
import { use } from '../dist/src/engine/use.js';
import { InternVL } from '../dist/src/model/backbone/internvl.js';
import { initialize } from '../dist/src/model/initialize.js';
import { normalise } from '../dist/src/model/input/collate.js';
import { assemble, dimensionPrompts } from '../dist/src/model/input/prompt.js';
import { resize } from '../dist/src/model/input/resize.js';
import { Tokens } from '../dist/src/model/input/tokens.js';
import { parameterSpecs } from '../dist/src/model/parameters.js';
import { tinyConfig } from '../dist/src/model/presets.js';
import { readWeights, writeWeights } from '../dist/src/model/weights/safetensors.js';
import { parameter } from '../dist/src/model/weights/weights.js';
import { AdamW } from '../dist/src/train/adamw.js';
import { gatherGradients } from '../dist/src/train/buckets.js';

/** @typedef {import('../dist/src/data/world/body.js').BodyState} BodyState */
/** @typedef {import('../dist/src/data/world/body.js').Colour} Colour */
/** @typedef {import('../dist/src/data/world/prompt.js').Phrase} Phrase */
/** @typedef {import('../dist/src/engine/tf.js').Scalar} Scalar */
/** @typedef {ReturnType<typeof makeClips>[number]} PretrainingClip */

const minutes = Number(process.argv[2] ?? 15);
const clipCount = Number(process.argv[3] ?? 8000);
const folder = new URL('../assets/tiny/', import.meta.url).pathname;
const visionFile = new URL('../.cache/tiny-vision.safetensors', import.meta.url).pathname;
const output = process.argv[4] ?? `${folder}pretrained.safetensors`;
const seed = 30_000_000; // far from the seeds of tutorials, so that no clip is met again
const batchSize = 32;
const peakRate = 1.5e-3;
const warmup = 200;

const size = 64;
const pixelsOfFrame = 3 * size * size;
const frameIndices = sampleFrames(16, 8);
const fields = 18; // of one colour in one frame, see `statesOf`
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
for (const [name, variable] of await readWeights(visionFile)) parameter(weights, name).assign(variable);
const backbone = new InternVL(weights, config, tokens.id('<IMG_CONTEXT>'));
const endOfFrame = tokens.id('</img>');
const readout = tf.variable(
  tf.randomNormal([hiddenSize, targetSize], 0, 0.05, 'float32', 1),
  true,
  'readout.weight',
);
const matchReadout = tf.variable(tf.zeros([hiddenSize, 1]), true, 'match.weight');
const wordReadout = tf.variable(tf.zeros([hiddenSize, vocabulary.length]), true, 'words.weight');

const clips = makeClips();
const trained = new Map([...weights].filter(([name]) => /^language_model\.model/.test(name)));
trained.set('readout.weight', readout).set('match.weight', matchReadout).set('words.weight', wordReadout);
const optimizer = new AdamW(trained, { weightDecay: 0.02 });
const variables = [...trained.values()];

const start = Date.now();
let step = 0;
let meanState = 0;
let meanMatch = 0;
let meanWords = 0;
let hardShare = 0;
for (let done = 0; done < 1; step++) {
  done = (Date.now() - start) / (minutes * 60_000);
  const rate =
    peakRate *
    Math.min(1, (step + 1) / warmup) *
    (0.02 + 0.98 * Math.cos((Math.PI / 2) * Math.min(1, done)) ** 2);
  hardShare = Math.min(0.7, 1.4 * done);
  const [state, match, words] = update(rate);
  meanWords += (words - meanWords) / Math.min(step + 1, 200);
  meanState += (state - meanState) / Math.min(step + 1, 200);
  meanMatch += (match - meanMatch) / Math.min(step + 1, 200);
  if (step % 250 === 0) {
    const seconds = Math.round((Date.now() - start) / 1000);
    console.log(
      `step ${step} after ${seconds} s: state error ${meanState.toFixed(4)}, match loss ${meanMatch.toFixed(4)}, words ${meanWords.toFixed(4)}`,
    );
    await save();
  }
}
await save();
console.log(`wrote ${output} after ${step} steps`);

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
    /** @type {import('../dist/src/engine/tf.js').Tensor[]} */
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
function makeClips() {
  const made = [];
  const perBatch = 16;
  for (let first = 0; first < clipCount; first += perBatch) {
    const simulated = Array.from({ length: perBatch }, (_, i) =>
      simulate(first + i, { seed, failShare: { alignment: 0 } }),
    );
    const pixels = new Float32Array(perBatch * frameIndices.length * pixelsOfFrame);
    simulated.forEach(({ frames }, i) => {
      frameIndices.forEach((frame, k) => {
        const at = (i * frameIndices.length + k) * pixelsOfFrame;
        normalise(
          resize(renderFrame(frames[frame]), 128, 128, size, size),
          size * size,
          pixels.subarray(at, at + pixelsOfFrame),
        );
      });
    });
    const visual = tf.tidy(() =>
      backbone.encodeVision(tf.tensor4d(pixels, [perBatch * frameIndices.length, 3, size, size])).dataSync(),
    );
    const perClip = tokensOfClip * hiddenSize;
    simulated.forEach(({ prompt, phrases, frames }, i) => {
      made.push({
        prompt,
        phrases,
        words: wordsOf(prompt),
        visual: visual.slice(i * perClip, (i + 1) * perClip),
        ...statesOf(frames),
      });
    });
  }
  return made;
}

/**
 * Targets [frame, colour, field] of a clip, and 1 where a field is known.
 * @param {BodyState[][]} frames
 */
function statesOf(frames) {
  const targets = new Float32Array(frameIndices.length * targetSize);
  const known = new Float32Array(targets.length);
  const states = frameIndices.map((frame) => colours.map((colour) => bodiesOf(frames[frame], colour)));
  states.forEach((state, k) => {
    state.forEach((now, c) => {
      const before = states[k - 1]?.[c];
      const earlier = states[k - 2]?.[c];
      const next = states[k + 1]?.[c];
      /**
       * Change a frame from state `b` to state `a`, which the model sees j-th.
       * @param {typeof now} a
       * @param {typeof now} b
       * @param {'x' | 'y' | 'width' | 'height'} field
       * @param {number} j
       */
      const moved = (a, b, field, j) => (a[field] - b[field]) / (frameIndices[j] - frameIndices[j - 1]);
      const values = new Array(fields).fill(undefined);
      values[0] = now.count;
      if (before) values[1] = now.count - before.count;
      if (now.count > 0) {
        [values[2], values[3]] = [2 * now.x, 2 * now.y];
        [values[4], values[5]] = [8 * now.width, 8 * now.height];
        now.outline.forEach((share, s) => {
          values[6 + s] = share;
        });
        if (before?.count === now.count) {
          [values[9], values[10]] = [15 * moved(now, before, 'x', k), 15 * moved(now, before, 'y', k)];
          [values[11], values[12]] = [
            20 * moved(now, before, 'width', k),
            20 * moved(now, before, 'height', k),
          ];
          values[13] = now.outline.reduce((sum, share, s) => sum + Math.abs(share - before.outline[s]), 0);
          if (earlier?.count === now.count) {
            values[14] = 15 * (moved(now, before, 'x', k) - moved(before, earlier, 'x', k - 1));
            values[15] = 15 * (moved(now, before, 'y', k) - moved(before, earlier, 'y', k - 1));
          }
        }
        if (next?.count === now.count) [values[16], values[17]] = [2 * next.x, 2 * next.y];
      }
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
 * The visible bodies of one colour in a frame: how many, and their means.
 * @param {BodyState[]} bodies
 * @param {Colour} colour
 */
function bodiesOf(bodies, colour) {
  const there = bodies.filter(
    (body) => body.visible && body.y - body.radius < 0.875 && nearest(body.look.rgb) === colour,
  );
  const mean = (/** @type {(body: BodyState) => number} */ value) =>
    there.reduce((sum, body) => sum + value(body), 0) / there.length;
  return {
    count: there.length,
    x: mean(({ x }) => x),
    y: mean(({ y }) => y),
    width: mean(({ radius, stretchX, sag, split }) => radius * (stretchX + sag / 2 + split)),
    height: mean(({ radius, stretchY }) => radius * stretchY),
    outline: shapes.map((shape) =>
      mean(
        ({ look }) =>
          (look.shape === shape ? 1 - look.morph : 0) + (look.otherShape === shape ? look.morph : 0),
      ),
    ),
  };
}

/** @param {readonly number[]} rgb */
function nearest(rgb) {
  const distance = (/** @type {Colour} */ name) =>
    palette[name].reduce((sum, value, i) => sum + (value - rgb[i]) ** 2, 0);
  return colours.reduce((best, name) => (distance(name) < distance(best) ? name : best));
}

/**
 * A clip's token sequence: with a prompt that is its own or not, or with one of the questions that show none.
 * @param {PretrainingClip} clip
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
 * @param {PretrainingClip} clip
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
    () => change('count', [1, 2, 3]),
  ])();
  return promptText(phrases);
}
