import { afterEach, describe, expect, it } from 'vitest';
import { Random } from '../../src/base/random.js';
import { type Compiler, compiles, setCompiler } from '../../src/engine/compile.js';
import { tf } from '../../src/engine/tf.js';
import { use } from '../../src/engine/use.js';
import { winTie } from '../../src/loss/winTie.js';
import { load } from '../../src/model/load.js';
import type { RewardModel, Trainable } from '../../src/model/rewardModel.js';
import { stageOf } from '../../src/model/stages/stage.js';
import { parameter } from '../../src/model/weights/weights.js';
import { crossPrompt } from '../../src/pairing/crossPrompt.js';
import { AdamW } from '../../src/train/adamw.js';
import { microBatches } from '../../src/train/microBatches.js';
import { PairFeed } from '../../src/train/pairFeed.js';
import { TrainStep } from '../../src/train/trainStep.js';
import { engines } from '../support/engines.js';
import { goldenPath } from '../support/goldenFolder.js';
import { smallLabels, smallModel } from '../support/smallModel.js';

interface Setting {
  trainable?: Trainable;
  batches?: number;
  checkpointing?: boolean;
}

/** What 10 steps reported, losses, norms and rewards, and the weights after them. */
async function train(
  compiler: Compiler,
  make: () => Promise<RewardModel>,
  { trainable = 'all', batches = 1, checkpointing = false }: Setting = {},
): Promise<{ reports: number[]; weights: Map<string, ArrayLike<number>> }> {
  setCompiler(compiler);
  const model = await make();
  const trained = new Map(model.parameters(trainable).map((name) => [name, parameter(model.weights, name)]));
  const optimizer = new AdamW(trained);
  const stage = stageOf(model, trainable);
  const step = new TrainStep(stage, { loss: winTie(), optimizer, checkpointing });
  const pairs = crossPrompt(smallLabels(24), { dimension: 'physics', winTie: 0.25, seed: 1 });
  const feed = new PairFeed(pairs, stage, 3);
  const reports: number[] = [];
  for (let i = 1; i <= 10; i++) {
    const randomOf = (batch: number) => new Random(5, i, batch);
    const batch = microBatches(feed, stage, batches, [], randomOf);
    const { loss, gradNorm, chosen, rejected } = await step.run(batch, { learningRate: 3e-3, clipNorm: 1 });
    reports.push(loss, gradNorm, ...chosen, ...rejected);
  }
  const weights = new Map<string, ArrayLike<number>>();
  for (const [name, variable] of model.weights) weights.set(name, await variable.data());
  step.dispose();
  optimizer.dispose();
  model.dispose();
  return { reports, weights };
}

const recording = (await engines()).find((name) => name === 'native');

(recording ? describe : describe.skip)('a training that is recorded', () => {
  afterEach(() => setCompiler(undefined));

  it.each<[string, Setting, number]>([
    ['everything, with drop path and dropout', {}, 0.3],
    ['decoder and head, with dropout', { trainable: 'decoder+head' }, 0.3],
    ['the head', { trainable: 'head' }, 0],
    ['everything, in three batches an update', { batches: 3 }, 0.3],
    ['everything, with layers that are computed again', { checkpointing: true }, 0.3],
  ])('goes like one that is not, but for rounding: %s', async (_, setting, drop) => {
    await use('native');
    expect(compiles()).toBe(true);
    const make = () => smallModel(1, drop);
    const tensors = tf.memory().numTensors;
    const recorded = await train('graph', make, setting);
    expect(tf.memory().numTensors).toBe(tensors);
    const plain = await train('eager', make, setting);
    expect(recorded.reports).toBeAllclose(plain.reports, { rtol: 1e-5 });
    // The ten steps have moved a weight by up to 0.03.
    for (const [name, values] of plain.weights)
      expect(recorded.weights.get(name), name).toBeAllclose(values, { rtol: 0, atol: 3e-5 });
  });

  it('scores like what is not recorded, every family', async () => {
    await use('native');
    for (const name of ['internvl3-tiny', 'internvl3_5-tiny', 'qwen2_vl-tiny', 'qwen2_5_vl-tiny']) {
      const model = await load(goldenPath('checkpoints', name));
      const inputs = [1, 2].map((seed) => inputOf(model, seed));
      setCompiler('eager');
      const expected = await model.rewards(inputs);
      setCompiler('graph');
      expect(await model.rewards(inputs), name).toBeAllclose(expected, { rtol: 3e-6 });
      model.dispose();
    }
  });
});

/** A clip of noise, with its placeholders. */
function inputOf({ config, processor: { tokens } }: RewardModel, seed: number) {
  const random = new Random(seed);
  const tiles = 'imageSize' in config.vision;
  const side = 'imageSize' in config.vision ? config.vision.imageSize : 56;
  const pixels = Uint8Array.from({ length: 2 * side * side * 3 }, () => random.integer(256));
  const visual = new Array(tiles ? 8 : 4).fill(tokens.id(tiles ? '<IMG_CONTEXT>' : '<|video_pad|>'));
  const ids = Int32Array.from([5, ...visual, ...Array.from({ length: seed }, () => 7)]);
  return { inputIds: ids, pixels, shape: [2, side, side] as [number, number, number] };
}
