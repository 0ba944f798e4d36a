// Makes .cache/tiny-vision.safetensors: the vision part of the tutorial's model (vision transformer and projector),
// trained to tell from one frame of the generated world the state of its bodies: how many of each colour, and the
// place, size, colour and outline of the leftmost and the rightmost one. No pass/fail label takes part.
//
//   npm run build && node scripts/pretrainTiny.mjs [minutes, default 20]
import { Random } from '../dist/src/base/random.js';
import { palette, shapes } from '../dist/src/data/world/body.js';
import { renderFrame } from '../dist/src/data/world/render.js';
import { simulate } from '../dist/src/data/world/simulate.js';
import { tf } from '../dist/src/engine/tf.js';
import { use } from '../dist/src/engine/use.js';
import { InternVL } from '../dist/src/model/backbone/internvl.js';
import { initialize } from '../dist/src/model/initialize.js';
import { normalise } from '../dist/src/model/input/collate.js';
import { resize } from '../dist/src/model/input/resize.js';
import { parameterSpecs } from '../dist/src/model/parameters.js';
import { tinyConfig } from '../dist/src/model/presets.js';
import { writeWeights } from '../dist/src/model/weights/safetensors.js';
import { parameter } from '../dist/src/model/weights/weights.js';

/** @typedef {import('../dist/src/data/world/body.js').BodyState} BodyState */
/** @typedef {import('../dist/src/engine/tf.js').Tensor} Tensor */

const minutes = Number(process.argv[2] ?? 20);
const output = process.argv[3] ?? new URL('../.cache/tiny-vision.safetensors', import.meta.url).pathname;
const seed = 20_000_000; // far from the seeds of tutorials, so that no clip is met again
const batchSize = 64;
const poolSize = 8192; // frames kept, of which a few are replaced at each step
const replaced = 16;
const peakRate = 2e-3;
const warmup = 200;

const size = 64;
const colours = Object.values(palette);
/** Of one body: x, y, half width, half height, red, green, blue, and its outline. */
const bodyFields = 7 + shapes.length;
const slotFields = 1 + 2 * bodyFields;
const targetSize = colours.length * slotFields;

await use('native');
const random = new Random(seed);
const config = tinyConfig(8);
const specs = [...parameterSpecs(config)].filter(([name]) => /^(vision_model|mlp1)\./.test(name));
const weights = initialize(new Map(specs), 1);
const backbone = new InternVL(weights, config, 0);
const readout = tf.variable(tf.randomNormal([4 * config.llm.hiddenSize, targetSize], 0, 0.02, 'float32', 1));

const pixels = new Float32Array(poolSize * 3 * size * size);
const targets = new Float32Array(poolSize * targetSize);
let clips = 0;
for (let i = 0; i < poolSize; i += 4) fillFrames([i, i + 1, i + 2, i + 3]);

const optimizer = tf.train.adam(peakRate);
const start = Date.now();
let step = 0;
for (let done = 0; done < 1; step++) {
  done = (Date.now() - start) / (minutes * 60_000);
  const rate =
    peakRate *
    Math.min(1, (step + 1) / warmup) *
    (0.01 + 0.99 * Math.cos((Math.PI / 2) * Math.min(1, done)) ** 2);
  // The rate is no public part of the optimizer, but the same one must go on with its moments.
  Object.assign(optimizer, { learningRate: rate });
  for (let i = 0; i < replaced; i += 4) fillFrames([0, 1, 2, 3].map(() => random.integer(poolSize)));
  const rows = Array.from({ length: batchSize }, () => random.integer(poolSize));
  const loss = tf.tidy(() => {
    const x = framesOf(rows);
    const y = gather(targets, rows, [colours.length, slotFields]);
    const variables = [...weights.values(), readout];
    return /** @type {Tensor} */ (optimizer.minimize(() => lossOf(predict(x), y), true, variables));
  });
  if (step % 500 === 0) {
    console.log(report(step, loss));
    await writeWeights(output, weights);
  }
  loss.dispose();
}
standardise();
await writeWeights(output, weights);
console.log(`wrote ${output} after ${step} steps`);

/** Folds into the last layer a shift and a scale that give each channel of the visual tokens mean 0 and deviation 1. */
function standardise() {
  const rows = Array.from({ length: 1024 }, (_, i) => i);
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
 * Fills rows of the pool with frames of one new clip.
 * @param {number[]} rows
 */
function fillFrames(rows) {
  const clip = simulate(clips++, { seed });
  for (const row of rows) {
    const frame = clip.frames[random.integer(clip.frames.length)];
    const rgb = resize(renderFrame(frame), 128, 128, size, size);
    normalise(rgb, size * size, pixels.subarray(row * rgb.length, (row + 1) * rgb.length));
    targets.set(targetOf(frame), row * targetSize);
  }
}

/**
 * State of a frame: for each colour the number of bodies, then the leftmost and the rightmost of them.
 * @param {BodyState[]} bodies
 */
function targetOf(bodies) {
  const target = new Float32Array(targetSize);
  colours.forEach((_, colour) => {
    const there = bodies
      .filter((body) => body.visible && body.y - body.radius < 0.875 && nearest(body.look.rgb) === colour)
      .sort((a, b) => a.x - b.x);
    const fields = there.length === 0 ? [] : [...stateOf(there[0]), ...stateOf(there[there.length - 1])];
    target.set([there.length, ...fields], colour * slotFields);
  });
  return target;
}

/** @param {BodyState} body */
function stateOf({ x, y, radius, stretchX, stretchY, sag, split, look }) {
  const outline = shapes.map(
    (shape) => (look.shape === shape ? 1 - look.morph : 0) + (look.otherShape === shape ? look.morph : 0),
  );
  const width = radius * (stretchX + sag / 2 + split);
  return [x, y, 5 * width, 5 * radius * stretchY, ...look.rgb.map((value) => value / 255), ...outline];
}

/** @param {readonly number[]} rgb */
function nearest(rgb) {
  const distance = (/** @type {readonly number[]} */ other) =>
    other.reduce((sum, value, i) => sum + (value - rgb[i]) ** 2, 0);
  return colours.reduce((best, colour, i) => (distance(colour) < distance(colours[best]) ? i : best), 0);
}

/** @param {number[]} rows */
function framesOf(rows) {
  return /** @type {import('../dist/src/engine/tf.js').Tensor4D} */ (gather(pixels, rows, [3, size, size]));
}

/**
 * Rows of the pool as one tensor, each of the given shape.
 * @param {Float32Array} values
 * @param {number[]} rows
 * @param {number[]} shape
 */
function gather(values, rows, shape) {
  const length = shape.reduce((a, b) => a * b);
  const batch = new Float32Array(rows.length * length);
  rows.forEach((row, i) => {
    batch.set(values.subarray(row * length, (row + 1) * length), i * length);
  });
  return tf.tensor(batch, [rows.length, ...shape]);
}

/** @param {import('../dist/src/engine/tf.js').Tensor4D} x frames */
function predict(x) {
  const tokens = backbone.encodeVision(x);
  return tf.reshape(tf.matMul(tf.reshape(tokens, [x.shape[0], -1]), readout), [
    -1,
    colours.length,
    slotFields,
  ]);
}

/**
 * Squared errors: of the counts, and of the bodies that are there; places count most.
 * @param {Tensor} predicted
 * @param {Tensor} target
 * @returns {import('../dist/src/engine/tf.js').Scalar}
 */
function lossOf(predicted, target) {
  const [count, ...fields] = [predicted, target]
    .map((t) => [tf.slice(t, [0, 0, 0], [-1, -1, 1]), tf.slice(t, [0, 0, 1], [-1, -1, 2 * bodyFields])])
    .reduce(([a, b], [c, d]) => [
      [a, c],
      [b, d],
    ]);
  const present = tf.cast(tf.greater(count[1], 0), 'float32');
  const weight = tf.tensor1d([...Array(2)].flatMap(() => [20, 20, 3, 3, 1, 1, 1, ...shapes.map(() => 0.5)]));
  const error = tf.mul(tf.mul(tf.square(tf.sub(fields[0][0], fields[0][1])), present), weight);
  return tf.add(
    tf.mean(tf.square(tf.sub(count[0], count[1]))),
    tf.div(tf.sum(error), tf.maximum(1, tf.sum(present))),
  );
}

/**
 * @param {number} step
 * @param {Tensor} loss
 */
function report(step, loss) {
  const rows = Array.from({ length: 256 }, (_, i) => i);
  const [place, outline] = tf.tidy(() => {
    const y = gather(targets, rows, [colours.length, slotFields]);
    const p = predict(framesOf(rows));
    const present = tf.cast(tf.greater(tf.slice(y, [0, 0, 0], [-1, -1, 1]), 0), 'float32');
    const rms = (/** @type {number} */ from, /** @type {number} */ n) =>
      tf
        .sqrt(
          tf.div(
            tf.sum(
              tf.mul(
                tf.square(
                  tf.sub(tf.slice(p, [0, 0, from], [-1, -1, n]), tf.slice(y, [0, 0, from], [-1, -1, n])),
                ),
                present,
              ),
            ),
            tf.mul(n, tf.sum(present)),
          ),
        )
        .dataSync()[0];
    return [rms(1, 2), rms(8, 3)];
  });
  const seconds = Math.round((Date.now() - start) / 1000);
  return `step ${step} after ${seconds} s: loss ${loss.dataSync()[0].toFixed(4)}, rms error of places ${place.toFixed(4)}, of outlines ${outline.toFixed(3)}`;
}
