import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { tf } from '../../src/engine/tf.js';
import { use } from '../../src/engine/use.js';
import { tiny, tinyFolder } from '../../src/model/tiny.js';
import { readTensors, type StoredTensor } from '../../src/model/weights/safetensors.js';
import { engines } from '../support/engines.js';

vi.mock('../../src/model/weights/safetensors.js', async (original) => {
  const actual = await original<typeof import('../../src/model/weights/safetensors.js')>();
  return { ...actual, readTensors: vi.fn(actual.readTensors) };
});
const stored = (name: string, shape: number[]) =>
  new Map<string, StoredTensor>([
    [name, { dtype: 'F32', shape, data: new Float32Array(shape.reduce((a, b) => a * b)).fill(0.5) }],
  ]);
const bias = 'vision_model.embeddings.patch_embedding.bias';
const shipped = existsSync(join(tinyFolder(), 'pretrained.safetensors'));

await use((await engines())[0]);

describe('tiny', () => {
  afterEach(() => {
    vi.mocked(readTensors).mockReset();
  });

  it('is pretrained where the file says so, and seeded elsewhere', async () => {
    vi.mocked(readTensors).mockImplementation(async () => stored(bias, [96]));
    const before = tf.memory().numTensors;
    const models = [
      await tiny(),
      await tiny({ seed: 1, dimension: 'alignment', config: { numSegments: 1 } }),
    ];
    for (const { weights } of models)
      expect(await weights.get(bias)!.data()).toEqual(new Float32Array(96).fill(0.5));
    const heads = models.map(({ weights }) => weights.get('reward_head.0.weight')!.dataSync());
    expect(heads[0]).not.toEqual(heads[1]);
    expect(models[1].card.dimension).toBe('alignment');
    expect(models[1].prompts.user).toContain('{prompt}');
    expect(models[1].config).toMatchObject({ numSegments: 1 });
    expect(models[1].processor.format.reading.segments).toBe(1);
    for (const model of models) model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('says what is wrong, and leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    vi.mocked(readTensors).mockRejectedValueOnce(new Error('ENOENT: pretrained.safetensors'));
    await expect(tiny()).rejects.toThrow(
      /tiny: cannot read the pretrained weights \(ENOENT.*scripts\/pretraining/,
    );
    vi.mocked(readTensors).mockResolvedValueOnce(stored(bias, [95]));
    await expect(tiny()).rejects.toThrow(`tiny: the pretrained "${bias}" [95] is not a parameter`);
    await expect(tiny({ dimension: 'beauty' })).rejects.toThrow('unknown dimension "beauty"');
    expect(tf.memory().numTensors).toBe(before);
  });

  it.runIf(shipped)('comes with the weights of its backbone', async () => {
    const actual = await vi.importActual<typeof import('../../src/model/weights/safetensors.js')>(
      '../../src/model/weights/safetensors.js',
    );
    vi.mocked(readTensors).mockImplementation(actual.readTensors);
    const model = await tiny();
    const file = await actual.readTensors(join(tinyFolder(), 'pretrained.safetensors'));
    const backbone = [...model.weights.keys()].filter((name) =>
      /^(vision_model|mlp1|language_model\.model)\./.test(name),
    );
    expect([...file.keys()].sort()).toEqual(backbone.sort());
    model.dispose();
  });
});
