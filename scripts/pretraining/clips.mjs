// What both parts of the pretraining see: clips of the generated world, decoded from their H.264 files as in use, and
// the state of the bodies in each frame.

import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readClips } from '../../dist/src/data/video/readClips.js';
import { sampleFrames } from '../../dist/src/data/video/sampleFrames.js';
import { colours, palette, shapes } from '../../dist/src/data/world/body.js';
import { simulate } from '../../dist/src/data/world/simulate.js';
import { makeWorld } from '../../dist/src/data/world/world.js';
import { resize } from '../../dist/src/model/input/resize.js';

/** @typedef {import('../../dist/src/data/world/body.js').BodyState} BodyState */
/** @typedef {import('../../dist/src/data/world/body.js').Colour} Colour */
/** @typedef {import('../../dist/src/data/world/simulate.js').WorldRules} WorldRules */

/** Pixels a side of a frame that the model sees. */
export const size = 64;

/** The frames that the model sees of a clip. */
export const frameIndices = sampleFrames(16, 8);

/**
 * A clip: its prompt, what is in the frames that the model sees, and these frames as [frames, size, size, 3] RGB.
 * @typedef {{
 *   prompt: string,
 *   phrases: import('../../dist/src/data/world/prompt.js').Phrase[],
 *   frames: BodyState[][],
 *   tiles: Uint8Array,
 * }} PretrainingClip
 */

/**
 * Renders, encodes and decodes clips.
 * @param {number} count
 * @param {WorldRules} rules
 * @returns {Promise<PretrainingClip[]>}
 */
export async function makeClips(count, rules) {
  const folder = fileURLToPath(new URL(`../../.cache/pretraining-${rules.seed}`, import.meta.url));
  const { clips } = await makeWorld({ ...rules, clips: count, folder });
  const { frames } = await readClips(clips, {
    segments: frameIndices.length,
    transform: ({ frames, width, height }) =>
      Buffer.concat(frames.map((rgb) => resize(rgb, width, height, size, size))),
    parameters: {},
  });
  rmSync(folder, { recursive: true });
  return clips.map(({ id }, i) => {
    const { prompt, phrases, frames: bodies } = simulate(i, rules);
    const tiles = frames.get(id);
    if (!tiles) throw new Error(`makeClips: ${id} could not be decoded`);
    return { prompt, phrases, frames: frameIndices.map((frame) => bodies[frame]), tiles };
  });
}

/**
 * The bodies of one colour that can be seen in a frame.
 * @param {readonly BodyState[]} bodies
 * @param {Colour} colour
 */
export function seen(bodies, colour) {
  return bodies.filter(
    (body) => body.visible && body.y - body.radius < 0.875 && nearestColour(body.look.rgb) === colour,
  );
}

/** @param {readonly number[]} rgb */
function nearestColour(rgb) {
  const distance = (/** @type {Colour} */ name) =>
    palette[name].reduce((sum, value, i) => sum + (value - rgb[i]) ** 2, 0);
  return colours.reduce((best, name) => (distance(name) < distance(best) ? name : best));
}

/**
 * The outline of a body, lengths in widths of the picture: half its width and height, by how much its bottom is wider
 * than its middle, half of a gap between its halves, and its share of each shape.
 * @param {BodyState} body
 */
export function outlineOf({ radius, stretchX, stretchY, sag, split, look }) {
  return {
    width: radius * stretchX,
    height: radius * stretchY,
    sag: radius * stretchX * sag,
    gap: radius * split,
    shape: shapes.map(
      (shape) => (look.shape === shape ? 1 - look.morph : 0) + (look.otherShape === shape ? look.morph : 0),
    ),
  };
}

/**
 * A learning rate that rises over 200 steps and then falls along a half cosine to 1% of its peak.
 * @param {number} peak
 * @param {number} step
 * @param {number} steps
 */
export function rateAt(peak, step, steps) {
  return peak * Math.min(1, (step + 1) / 200) * (0.01 + 0.99 * Math.cos((Math.PI / 2) * (step / steps)) ** 2);
}
