import { describe, expect, it } from 'vitest';
import { tf } from '../../src/engine/tf.js';
import { stageOf } from '../../src/model/stages/stage.js';
import type { Pair } from '../../src/pairing/pair.js';
import { evaluateOn, heldOutOf } from '../../src/train/heldOut.js';
import { describeEngines } from '../support/engines.js';
import { labelsOf } from '../support/labels.js';
import { smallLabels, smallModel } from '../support/smallModel.js';

const labels = labelsOf([
  { clip: 'a', pass: true },
  { clip: 'b', pass: true },
  { clip: 'c', pass: false },
  { clip: 'd', pass: false },
  { clip: 'e', pass: true, dimension: 'other' },
]);
const scores = new Map([
  ['a', 2],
  ['b', 0.5],
  ['c', 1],
  ['d', 0.5],
]);
const clip = (id: string) => ({ id, path: id });
const pair = (chosen: string, rejected: string, kind: Pair['kind']): Pair => ({
  chosen: clip(chosen),
  rejected: clip(rejected),
  kind,
  dimension: 'physics',
});

describe('heldOutOf labels', () => {
  it('compares every Pass with every Fail clip of the dimension, equal rewards being wrong', () => {
    const { clips, measure } = heldOutOf(labels, 'physics');
    expect(clips.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd']);
    // a > c, a > d; b < c, b = d
    expect(measure(scores)).toEqual({ evalAccuracy: 0.5, evalMargin: 0.5, evalMeanReward: 1 });
  });

  it('leaves out clips without a score', () => {
    const { measure } = heldOutOf(labels, 'physics');
    expect(measure(new Map([...scores].slice(0, 3)))).toMatchObject({ evalAccuracy: 0.5, evalMargin: 0.25 });
    expect(() => measure(new Map([['a', 1]]))).toThrow(
      'none of the held-out pairs has two clips that can be read',
    );
  });

  it('refuses labels of one kind', () => {
    const passes = labelsOf([{ clip: 'a', pass: true }]);
    expect(() => heldOutOf(passes, 'physics')).toThrow(
      'held-out labels of "physics" have 1 Pass and 0 Fail clips',
    );
  });
});

describe('heldOutOf pairs', () => {
  it('takes the win-lose pairs', () => {
    const pairs = [pair('a', 'c', 'win-lose'), pair('b', 'c', 'win-lose'), pair('a', 'b', 'win-tie')];
    const { clips, measure } = heldOutOf(pairs, 'physics');
    expect(clips.map(({ id }) => id)).toEqual(['a', 'c', 'b']);
    expect(measure(scores)).toMatchObject({ evalAccuracy: 0.5, evalMargin: 0.25 });
  });

  it('refuses ties only', () => {
    expect(() => heldOutOf([pair('a', 'b', 'win-tie')], 'physics')).toThrow('none of the 1 held-out pairs');
  });
});

await describeEngines('evaluateOn', () => {
  it('does not depend on the batch size, and leaves no tensor', async () => {
    const model = await smallModel();
    const before = tf.memory().numTensors;
    const heldOut = heldOutOf(smallLabels(7), 'physics');
    const results = [];
    for (const batchSize of [2, 7]) {
      results.push(await evaluateOn(heldOut, stageOf(model, 'decoder+head'), batchSize));
    }
    expect(Object.values(results[0])).toBeAllclose(Object.values(results[1]), { rtol: 1e-4 });
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});
