import { describe, expect, it } from 'vitest';
import { tf } from '../../../../src/engine/tf.js';
import { collatePatches } from '../../../../src/model/family/qwenVl/collatePatches.js';
import { type ClipInput, disposeBatch } from '../../../../src/model/input/batch.js';
import { normalisedPatches } from '../../../../src/model/input/normalise.js';
import { readTensors } from '../../../../src/model/weights/safetensors.js';
import { describeEngines } from '../../../support/engines.js';
import { goldenCheckpoint } from '../../../support/goldenModel.js';

const vision = { patchSize: 2, temporalPatchSize: 2, mergeSize: 2 };
const options = { padId: 9, videoPadId: 5, vision };
/** Frames of `width` x 4 pixels whose bytes count up, with a placeholder for each block of 4 x 4. */
const clip = (frames: number, width: number, text: number[]): ClipInput => ({
  inputIds: Int32Array.from([...text, ...new Array((frames / 2) * (width / 4)).fill(5)]),
  pixels: Uint8Array.from({ length: frames * 4 * width * 3 }, (_, i) => i % 256),
  shape: [frames, 4, width],
});

await describeEngines('collatePatches', () => {
  it('cuts frames into patches, block by block, and pads the ids on the right', async () => {
    const before = tf.memory().numTensors;
    const batch = collatePatches([clip(2, 8, [1]), clip(4, 4, [1, 2])], options);
    expect(await batch.inputIds.array()).toEqual([
      [1, 5, 5, 9],
      [1, 2, 5, 5],
    ]);
    expect(await batch.attentionMask.array()).toEqual([
      [1, 1, 1, 0],
      [1, 1, 1, 1],
    ]);
    expect(batch.grids).toEqual([
      { t: 1, h: 2, w: 4, secondsPerGrid: 1 },
      { t: 2, h: 2, w: 2, secondsPerGrid: 1 },
    ]);
    const normalised = normalisedPatches(batch.pixelValues);
    const values = await normalised.array();
    normalised.dispose();
    expect(values.map((row) => row.length)).toEqual(new Array(16).fill(24));
    // Patch 5 of the first clip: block 1, its patch at the top right: columns 6 and 7, rows 0 and 1.
    const byte = (frame: number, y: number, x: number, channel: number) =>
      (((frame * 4 + y) * 8 + x) * 3 + channel) % 256;
    const mean = [0.48145466, 0.4578275, 0.40821073];
    const deviation = [0.26862954, 0.26130258, 0.27577711];
    const expected = [0, 1, 2].flatMap((channel) =>
      [0, 1].flatMap((frame) =>
        [0, 1].flatMap((y) =>
          [6, 7].map((x) => (byte(frame, y, x, channel) / 255 - mean[channel]) / deviation[channel]),
        ),
      ),
    );
    expect(values[5]).toBeAllclose(expected, { rtol: 1e-6 });
    disposeBatch(batch);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('collatePatches', () => {
  it('refuses what the model would misread', () => {
    const short = { ...clip(2, 8, [1]), inputIds: Int32Array.of(1, 5) };
    expect(() => collatePatches([clip(2, 4, [1]), short], options)).toThrow(
      'collate: clip 1 has 1 placeholders in its ids, but its video gives 2 visual tokens',
    );
    for (const shape of [
      [3, 4, 4],
      [2, 6, 4],
      [2, 4, 2],
    ] as const) {
      expect(() => collatePatches([{ ...clip(2, 4, [1]), shape: [...shape] }], options)).toThrow(
        `collate: clip 0 has ${shape[0]} frames of ${shape[2]} x ${shape[1]}; expected a multiple of 2 frames`,
      );
    }
    expect(() => collatePatches([], options)).toThrow('at least one clip');
  });
});

describe('collatePatches, against the official processor', () => {
  it.each(['qwen2_vl-tiny', 'qwen2_5_vl-tiny'] as const)('makes the batch of %s', async (name) => {
    const { folder, config, io } = goldenCheckpoint(name);
    const stored = await readTensors(`${folder}/io.safetensors`);
    const expected = (key: string) => stored.get(`input.${key}`)!;
    const ids = expected('input_ids');
    const clips = io.lengths.map((length: number, i: number): ClipInput => {
      const { data, shape } = expected(`frames.${i}`);
      const [frames, , height, width] = shape;
      const area = height * width;
      // [frames, channels, pixels] to [frames, pixels, channels].
      const pixels = Uint8Array.from(data, (_, at) => {
        const [frame, pixel, channel] = [Math.floor(at / (3 * area)), Math.floor(at / 3) % area, at % 3];
        return data[(frame * 3 + channel) * area + pixel];
      });
      const row = ids.data.slice(i * ids.shape[1], i * ids.shape[1] + length);
      return { inputIds: Int32Array.from(row), pixels, shape: [frames, height, width] };
    });
    const { video, pad } = io.token_ids;
    const batch = collatePatches(clips, { padId: pad, videoPadId: video, vision: config.vision });
    expect(batch.inputIds.dataSync()).toEqual(ids.data);
    expect([...batch.attentionMask.dataSync()]).toEqual([...expected('attention_mask').data]);
    expect(batch.grids!.flatMap(({ t, h, w }) => [t, h, w])).toEqual([...expected('video_grid_thw').data]);
    // One patch in every few is stored.
    const normalised = normalisedPatches(batch.pixelValues);
    const values = normalised.arraySync().filter((_, i) => i % io.patch_step === 0);
    normalised.dispose();
    const patches = stored.get('patches')!;
    expect([values.length, values[0].length]).toEqual(patches.shape);
    expect(values).toBeAllclose(patches.data, { rtol: 1e-6 });
    disposeBatch(batch);
  });
});
