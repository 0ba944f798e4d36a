import { describe, expect, it } from 'vitest';
import { tf } from '../../src/engine/tf.js';
import { Features } from '../../src/model/features.js';
import { dimensionPrompts } from '../../src/model/input/prompt.js';
import { stageOf } from '../../src/model/stage.js';
import { smallModel } from '../train/smallModel.js';

const clips = ['pass-1', 'fail-2', 'pass-3'].map((id) => ({ id, path: `${id}.mp4` }));

/** A small model that counts the clips it reads. */
async function countingModel(seed?: number) {
  const model = await smallModel(seed);
  const { processor } = model;
  const process = processor.processMany.bind(processor);
  const read: string[] = [];
  processor.processMany = (wanted, ...rest) => {
    read.push(...wanted.map(({ id }) => id));
    return process(wanted, ...rest);
  };
  return { model, read };
}

describe('Features', () => {
  it.each(['head', 'decoder+head'] as const)(
    'of training "%s" serve every stage of the model',
    async (part) => {
      const { model, read } = await countingModel();
      const features = new Features(part);
      const alone = await stageOf(model, part).score(clips);
      read.length = 0;
      await stageOf(model, part, features).load(clips.slice(0, 2));
      const shared = await stageOf(model, part, features).score(clips);
      expect(read).toEqual(['pass-1', 'fail-2', 'pass-3']);
      expect([...shared.values()]).toBeAllclose([...alone.values()], { rtol: 1e-6 });
      model.dispose();
    },
  );

  it('serve models that differ in the trained part alone', async () => {
    const features = new Features('head');
    const { model, read } = await countingModel();
    await stageOf(model, 'head', features).load(clips);
    read.length = 0;
    for (const name of model.parameters('head')) {
      const weight = model.weights.get(name)!;
      tf.tidy(() => weight.assign(tf.mul(weight, 2)));
    }
    await stageOf(model, 'head', features).load(clips);
    expect(read).toEqual([]);
    model.dispose();
  });

  it('are not those of other frozen weights, or of another question', async () => {
    const features = new Features('head');
    const first = await countingModel();
    await stageOf(first.model, 'head', features).load(clips);

    const other = await countingModel(2);
    const scores = await stageOf(other.model, 'head', features).score(clips);
    expect(other.read).toHaveLength(3);
    expect([...scores.values()]).toBeAllclose(
      [...(await stageOf(other.model, 'head').score(clips)).values()],
      {
        rtol: 1e-6,
      },
    );

    first.read.length = 0;
    Object.assign(first.model.card, { prompts: dimensionPrompts('deformity') });
    await stageOf(first.model, 'head', features).load(clips);
    expect(first.read).toHaveLength(3);
    first.model.dispose();
    other.model.dispose();
  });

  it('tell clips of one id apart by file and prompt', async () => {
    const { model, read } = await countingModel();
    const features = new Features('head');
    for (const clip of [
      { id: 'a', path: 'one.mp4' },
      { id: 'a', path: 'two.mp4' },
      { id: 'a', path: 'two.mp4', prompt: 'a ball falls' },
      { id: 'a', path: 'one.mp4' },
    ]) {
      await stageOf(model, 'head', features).load([clip]);
    }
    expect(read).toHaveLength(3);
    model.dispose();
  });

  it('refuse a part that leaves nothing frozen', () => {
    expect(() => new Features('all' as 'head')).toThrow('expected head or decoder+head, received "all"');
  });
});
