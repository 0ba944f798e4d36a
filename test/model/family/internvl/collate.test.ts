import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tf } from '../../../../src/engine/tf.js';
import { collate } from '../../../../src/model/family/internvl/collate.js';
import { type ClipInput, disposeBatch } from '../../../../src/model/input/batch.js';
import { normalisedTiles } from '../../../../src/model/input/normalise.js';
import { describeEngines } from '../../../support/engines.js';
import { tensorsOf } from '../../../support/goldenClips.js';
import { goldenPath } from '../../../support/goldenFolder.js';

const options = { padId: 9, imageContextId: 5, tokensPerTile: 2 };
/** A clip of `tiles` tiles 2 x 2, each byte its index times 7. */
const clip = (tiles: number, text: number[]): ClipInput => ({
  inputIds: Int32Array.from([...text, ...new Array(2 * tiles).fill(5)]),
  pixels: Uint8Array.from({ length: tiles * 12 }, (_, i) => (i * 7) % 256),
  shape: [tiles, 2, 2],
});

await describeEngines('collate', () => {
  let tensors: number;
  beforeEach(() => {
    tensors = tf.memory().numTensors;
  });
  afterEach(() => {
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('pads on the right and normalises by channel', async () => {
    const batch = collate([clip(1, [1, 2]), clip(2, [3])], options);
    expect(await batch.inputIds.array()).toEqual([
      [1, 2, 5, 5, 9],
      [3, 5, 5, 5, 5],
    ]);
    expect(batch.inputIds.dtype).toBe('int32');
    expect(await batch.attentionMask.array()).toEqual([
      [1, 1, 1, 1, 0],
      [1, 1, 1, 1, 1],
    ]);
    expect(batch.pixelValues.shape).toEqual([3, 2, 2, 3]);
    const planes = normalisedTiles(batch.pixelValues);
    const pixels = await planes.array();
    expect(planes.shape).toEqual([3, 3, 2, 2]);
    const byte = (tile: number, channel: number) => ((tile * 12 + 2 * 3 + channel) * 7) % 256;
    expect(pixels[0][0][1][0]).toBeCloseTo((byte(0, 0) / 255 - 0.485) / 0.229, 5);
    expect(pixels[0][2][1][0]).toBeCloseTo((byte(0, 2) / 255 - 0.406) / 0.225, 5);
    expect(pixels[2][1][1][0]).toBeCloseTo((byte(1, 1) / 255 - 0.456) / 0.224, 5);
    planes.dispose();
    disposeBatch(batch);
  });

  it('refuses what the model would misread', () => {
    const short = { ...clip(1, [1]), inputIds: Int32Array.of(1, 5) };
    expect(() => collate([clip(1, [1]), short], options)).toThrow(
      'clip 1 has 1 placeholders in its ids, but its video gives 2 visual tokens',
    );
    const large: ClipInput = { ...clip(1, [1]), pixels: new Uint8Array(27), shape: [1, 3, 3] };
    expect(() => collate([clip(1, [1]), large], options)).toThrow(
      'clip 1 has tiles of 3 x 3, clip 0 of side 2',
    );
    expect(() => collate([], options)).toThrow('at least one clip');
  });
});

describe('collate, against the official pixels', () => {
  it('normalises a resized picture', async () => {
    const tensors = tensorsOf(goldenPath('preprocess', 'resize-cases.safetensors'));
    const picture = tensors['0.resized'].data as Uint8Array;
    const inputIds = Int32Array.of(5, 5);
    const batch = collate([{ inputIds, pixels: picture, shape: [1, 112, 112] }], options);
    const pixels = tensors['0.pixels'];
    const planes = normalisedTiles(batch.pixelValues);
    expect(planes.shape).toEqual([1, ...pixels.shape]);
    expect(await planes.data()).toBeAllclose(pixels.data, { rtol: 1e-6 });
    planes.dispose();
    disposeBatch(batch);
  });
});
