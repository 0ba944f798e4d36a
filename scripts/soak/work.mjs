// Long work in one process: training steps, and clips that are decoded and scored.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { smallLabels, smallModel } from '../torture/smallModel.mjs';
import { held } from './held.mjs';

/** @typedef {import('./held.mjs').Held} Held */
const dist = (/** @type {string} */ path) => import(new URL(`../../dist/src/${path}`, import.meta.url).href);

/**
 * Trains a small model for so many steps, with checkpoints and evaluations.
 * @param {{ steps?: number, told?: (held: Held) => void }} [options] `told` is given a row after each tenth
 * @returns {Promise<Held[]>}
 */
export async function soakSteps({ steps = 10_000, told = () => {} } = {}) {
  const { tf } = await dist('engine/tf.js');
  const { pairing, train } = await dist('index.js');
  const folder = mkdtempSync(join(tmpdir(), 'soak-'));
  try {
    const every = Math.ceil(steps / 10);
    const model = await smallModel();
    const pairs = pairing.crossPrompt(smallLabels(64), { dimension: 'physics', seed: 1 });
    /** @type {Held[]} */
    const rows = [];
    await train.fit(model, pairs, {
      ...{ folder, steps, trainable: 'decoder+head', batchSize: 8, learningRate: 1e-3, keep: 2 },
      ...{ evaluate: smallLabels(16), evaluateEvery: every, saveEvery: every },
      onProgress(/** @type {{ step: number }} */ { step }) {
        if (step % every !== 0) return;
        const row = held(step, tf);
        rows.push(row);
        told(row);
      },
    });
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Decodes and scores so many clips, 20 a call; some calls have one that cannot be read.
 * @param {{ clips?: number, told?: (held: Held) => void }} [options] `told` is given a row after each tenth
 * @returns {Promise<Held[]>}
 */
export async function soakClips({ clips: count = 10_000, told = () => {} } = {}) {
  const { tf } = await dist('engine/tf.js');
  const { data, model: models, score } = await dist('index.js');
  const folder = mkdtempSync(join(tmpdir(), 'soak-'));
  const { warn } = console;
  console.warn = () => {};
  try {
    const world = await data.makeWorld({
      folder: join(folder, 'world'),
      clips: 20,
      seed: 1,
      clipsPerPrompt: 2,
    });
    const model = await models.tiny();
    const broken = { id: 'broken', path: join(folder, 'none.mp4') };
    /** @type {Held[]} */
    const rows = [];
    const every = Math.ceil(count / 10);
    for (let done = 0; done < count; done += world.clips.length) {
      const clips = done % 100 === 0 ? [...world.clips, broken] : world.clips;
      const scores = await score.clips(model, clips);
      if (scores.numRows() !== world.clips.length) {
        throw new Error(`soak: ${scores.numRows()} of ${world.clips.length} clips have a score`);
      }
      if (Math.floor((done + world.clips.length) / every) === Math.floor(done / every)) continue;
      const row = held(done + world.clips.length, tf);
      rows.push(row);
      told(row);
    }
    model.dispose();
    return rows;
  } finally {
    console.warn = warn;
    rmSync(folder, { recursive: true });
  }
}
