import { afterEach, expect, it } from 'vitest';
import { setCompiler } from '../../../src/engine/compile.js';
import { use } from '../../../src/engine/use.js';
import { padIds } from '../../../src/model/input/batch.js';
import { Fill } from '../../../src/model/input/fill.js';
import { stageOf } from '../../../src/model/stages/stage.js';
import { engines } from '../../support/engines.js';
import { smallModel } from '../../support/smallModel.js';

afterEach(() => setCompiler(undefined));
const recording = (await engines()).find((name) => name === 'native');

it.skipIf(!recording)('fills batches under XLA alone, and gives the scores of their own clips', async () => {
  await use('native');
  const fill = new Fill();
  expect(fill.up([1, 2, 3])).toEqual([1, 2, 3]);
  expect(fill.up([4])).toEqual([4]);
  setCompiler('xla');
  expect(fill.up([1, 2, 3])).toEqual([1, 2, 3]);
  expect(fill.up([4])).toEqual([4, 4, 4]);

  const model = await smallModel();
  const clips = ['pass-1', 'fail-2', 'pass-3', 'fail-4', 'pass-5'].map((id) => ({ id, path: id }));
  const filled = await model.score(clips, { batchSize: 2 });
  for (const part of ['head', 'decoder+head', 'all'] as const) {
    const scores = await stageOf(model, part).score(clips);
    expect([...scores.values()], part).toBeAllclose(filled, { rtol: 1e-5 });
  }
  setCompiler('graph');
  expect(filled).toBeAllclose(await model.score(clips, { batchSize: 2 }), { rtol: 1e-5 });
  model.dispose();
});

it.skipIf(!recording)('pads lengths to a few under XLA', async () => {
  await use('native');
  const ids = [Int32Array.of(1, 2), Int32Array.of(3)];
  expect(padIds(ids, 0).inputIds.shape).toEqual([2, 2]);
  setCompiler('xla');
  const { inputIds, attentionMask } = padIds(ids, 9);
  expect(inputIds.shape).toEqual([2, 64]);
  expect(Array.from(await attentionMask.data()).filter((flag) => flag === 1)).toHaveLength(3);
});
