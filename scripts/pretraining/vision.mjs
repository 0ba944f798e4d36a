// Makes .cache/tiny-vision.safetensors: the vision part of the tutorial's model (vision transformer and projector),
// trained to tell from one frame of the generated world the state of its bodies: how many of each colour, and the
// place, colour and outline of the leftmost and the rightmost one. No pass/fail label takes part.
//
//   npm run build && node scripts/pretraining/vision.mjs [steps] [clips] [file] [file to go on from]

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Random } from '../../dist/src/base/random.js';
import { colours } from '../../dist/src/data/world/body.js';
import { bytesTensor } from '../../dist/src/engine/bytes.js';
import { use } from '../../dist/src/engine/use.js';
import { InternVL } from '../../dist/src/model/family/internvl/backbone.js';
import { initialize } from '../../dist/src/model/initialize.js';
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
/** @typedef {import('../../dist/src/engine/tf.js').Scalar} Scalar */
/** @typedef {import('../../dist/src/engine/tf.js').Tensor} Tensor */
/** @typedef {import('../../dist/src/engine/tf.js').Tensor4D} Tensor4D */

const steps = Number(process.argv[2] ?? 12_000);
const clipCount = Number(process.argv[3] ?? 8000);
const output =
  process.argv[4] ?? fileURLToPath(new URL('../../.cache/tiny-vision.safetensors', import.meta.url));
const earlier = process.argv[5];
const seed = 20_000_000; // far from the seeds of tutorials, so that no clip is met again
const batchSize = 64;
const peakRate = 1.5e-3;

/**
 * What is told of one body, in units in which clips differ by about 1, and the weight of its squared error: places, on
 * which all else builds, count most.
 */
const fields = [
  { weights: [3, 3], of: (/** @type {Outline} */ { x, y }) => [4 * x - 2, 4 * y - 2] },
  { weights: [1, 1], of: (/** @type {Outline} */ { width, height }) => [40 * width - 4, 40 * height - 4] },
  { weights: [1, 1], of: (/** @type {Outline} */ { sag, gap }) => [40 * sag, 40 * gap] },
  { weights: [1, 1, 1], of: (/** @type {Outline} */ { shape }) => shape.map((share) => 2 * share) },
  { weights: [0.3, 0.3, 0.3], of: (/** @type {Outline} */ { look }) => look.rgb.map((value) => value / 100) },
];
/** @typedef {BodyState & ReturnType<typeof outlineOf>} Outline */
const weightOfField = fields.flatMap(({ weights }) => weights);
const bodyFields = weightOfField.length;
const slotFields = 1 + 2 * bodyFields;
const targetShape = [colours.length, slotFields];
const targetSize = colours.length * slotFields;
const pixelsOfFrame = 3 * size * size;

await use('native');
const random = new Random(seed);
const config = tinyConfig(8);
const specs = [...parameterSpecs(config)].filter(([name]) => /^(vision_model|mlp1)\./.test(name));
const weights = initialize(new Map(specs), 1);
if (earlier) {
  for (const [name, variable] of await readWeights(earlier)) parameter(weights, name).assign(variable);
}
const backbone = new InternVL(weights, config, 0);
const readout = tf.variable(tf.randomNormal([4 * config.llm.hiddenSize, targetSize], 0, 0.02, 'float32', 1));

const clips = await makeClips(clipCount, { seed, failShare: { deformity: 0.6 } });
const frames = clips.length * frameIndices.length;
const targets = new Float32Array(frames * targetSize);
clips.forEach((clip, i) => {
  clip.frames.forEach((bodies, k) => {
    targets.set(targetOf(bodies), (i * frameIndices.length + k) * targetSize);
  });
});
console.log(`${clips.length} clips`);

const trained = new Map([...weights, ['readout.weight', readout]]);
const optimizer = new AdamW(trained, { weightDecay: 0.02 });
const variables = [...trained.values()];
const start = Date.now();
let meanLoss = 0;
for (let step = 0; step < steps; step++) {
  const loss = update(rateAt(peakRate, step, steps));
  meanLoss += (loss - meanLoss) / Math.min(step + 1, 200);
  if (step % 500 === 0) {
    const seconds = Math.round((Date.now() - start) / 1000);
    console.log(`step ${step} after ${seconds} s: loss ${meanLoss.toFixed(4)}, rms errors ${errors()}`);
    await writeWeights(output, weights);
  }
}
console.log(`loss ${meanLoss.toFixed(4)}, rms errors ${errors()}`);
standardise();
await writeWeights(output, weights);
console.log(`wrote ${output}`);

/**
 * One step on frames of any clips.
 * @param {number} rate
 */
function update(rate) {
  const rows = Array.from({ length: batchSize }, () => random.integer(frames));
  const { vectors, report } = tf.tidy(() => {
    const [x, y] = [framesOf(rows), targetsOf(rows)];
    const { value, grads } = tf.variableGrads(() => lossOf(predict(x), y), variables);
    const vectors = gatherGradients(optimizer.buckets, grads);
    const norm = tf.sqrt(tf.addN(vectors.map((vector) => tf.sum(tf.square(vector)))));
    return { vectors, report: tf.stack([value, norm]) };
  });
  const [loss, norm] = report.dataSync();
  optimizer.update(vectors, rate, Math.min(1, 2 / norm));
  tf.dispose([report, vectors]);
  return loss;
}

/** Folds into the last layer a shift and a scale that give each channel of the visual tokens mean 0 and deviation 1. */
function standardise() {
  const rows = Array.from({ length: 1024 }, () => random.integer(frames));
  tf.tidy(() => {
    const tokens = backbone.encodeVision(framesOf(rows));
    const { mean, variance } = tf.moments(tf.reshape(tokens, [-1, config.llm.hiddenSize]), 0);
    const scale = tf.rsqrt(variance);
    const [weight, bias] = ['weight', 'bias'].map((part) => parameter(weights, `mlp1.3.${part}`));
    weight.assign(tf.mul(weight, tf.expandDims(scale, 1)));
    bias.assign(tf.mul(tf.sub(bias, mean), scale));
  });
}

/**
 * State of a frame: for each colour the number of bodies, then the leftmost and the rightmost of them.
 * @param {readonly BodyState[]} bodies
 */
function targetOf(bodies) {
  return colours.flatMap((colour) => {
    const there = seen(bodies, colour).sort((a, b) => a.x - b.x);
    const ends = there.length === 0 ? [] : [there[0], there[there.length - 1]];
    const values = ends.flatMap((body) => {
      const told = { ...body, ...outlineOf(body) };
      return fields.flatMap(({ of }) => of(told));
    });
    return [there.length, ...values, ...new Array(slotFields - 1 - values.length).fill(0)];
  });
}

/**
 * Frames by their number, as the model takes them.
 * @param {number[]} rows
 * @returns {Tensor4D}
 */
function framesOf(rows) {
  const pixels = new Uint8Array(rows.length * pixelsOfFrame);
  rows.forEach((row, i) => {
    const { tiles } = clips[Math.floor(row / frameIndices.length)];
    const at = (row % frameIndices.length) * pixelsOfFrame;
    pixels.set(tiles.subarray(at, at + pixelsOfFrame), i * pixelsOfFrame);
  });
  return /** @type {Tensor4D} */ (bytesTensor(pixels, [rows.length, size, size, 3]));
}

/**
 * Targets of frames: [frames, colours, fields].
 * @param {number[]} rows
 */
function targetsOf(rows) {
  const batch = new Float32Array(rows.length * targetSize);
  rows.forEach((row, i) => {
    batch.set(targets.subarray(row * targetSize, (row + 1) * targetSize), i * targetSize);
  });
  return tf.tensor(batch, [rows.length, ...targetShape]);
}

/** @param {Tensor4D} x frames */
function predict(x) {
  const tokens = tf.reshape(backbone.encodeVision(x), [x.shape[0], -1]);
  return tf.reshape(tf.matMul(tokens, readout), [-1, ...targetShape]);
}

/**
 * Squared errors [frames, colours, 2 x fields] of the bodies that are there, 0 for others, and how many are there.
 * @param {Tensor} predicted
 * @param {Tensor} target
 */
function bodyErrors(predicted, target) {
  const [count, truth] = tf.split(target, [1, 2 * bodyFields], 2);
  const present = tf.cast(tf.greater(count, 0), 'float32');
  const [, guess] = tf.split(predicted, [1, 2 * bodyFields], 2);
  return { squares: tf.mul(tf.squaredDifference(guess, truth), present), there: tf.sum(present) };
}

/**
 * Squared errors of the counts, and the weighted ones of the bodies that are there.
 * @param {Tensor} predicted
 * @param {Tensor} target
 * @returns {Scalar}
 */
function lossOf(predicted, target) {
  const { squares, there } = bodyErrors(predicted, target);
  const [guess] = tf.split(predicted, [1, 2 * bodyFields], 2);
  const [count] = tf.split(target, [1, 2 * bodyFields], 2);
  const weight = tf.tensor1d([...weightOfField, ...weightOfField]);
  return tf.add(
    tf.mul(2, tf.mean(tf.squaredDifference(guess, count))),
    tf.div(tf.sum(tf.mul(squares, weight)), tf.maximum(1, there)),
  );
}

/** Root of the mean squared error of each field over some frames. */
function errors() {
  const rows = Array.from({ length: 512 }, () => random.integer(frames));
  const means = tf.tidy(() => {
    const { squares, there } = bodyErrors(predict(framesOf(rows)), targetsOf(rows));
    return tf
      .sqrt(tf.div(tf.mean(tf.reshape(tf.sum(squares, [0, 1]), [2, bodyFields]), 0), there))
      .dataSync();
  });
  return [...means].map((value) => value.toFixed(4)).join(' ');
}
