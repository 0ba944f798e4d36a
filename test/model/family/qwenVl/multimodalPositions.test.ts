import { describe, expect, it } from 'vitest';
import { multimodalPositions } from '../../../../src/model/family/qwenVl/multimodalPositions.js';
import { readTensors } from '../../../../src/model/weights/safetensors.js';
import { goldenCheckpoint } from '../../../support/goldenModel.js';

const [P, options] = [9, { placeholder: 9, merge: 2 }];
const grid = (t: number, h: number, w: number, secondsPerGrid = 1) => ({ t, h, w, secondsPerGrid });

describe('multimodalPositions', () => {
  it('counts text on all axes and places videos by their grid', () => {
    // Two rows: text, a video of 2 x 1 x 2 tokens, text; and padding, a video of 1 x 2 x 1, text, another of 1 x 1 x 1.
    const ids = [1, 2, P, P, P, P, 3, 0, P, P, 4, P, 5, 6];
    const mask = ids.map((_, i) => (i === 7 ? 0 : 1));
    const grids = [grid(2, 2, 4), grid(1, 4, 2), grid(1, 2, 2)];
    const positions = multimodalPositions(ids, mask, 7, grids, options);
    expect(positions.map((axis) => [...axis])).toEqual([
      [0, 1, 2, 2, 3, 3, 4, 0, 0, 0, 2, 3, 4, 5],
      [0, 1, 2, 2, 2, 2, 4, 0, 0, 1, 2, 3, 4, 5],
      [0, 1, 2, 3, 2, 3, 4, 0, 0, 0, 2, 3, 4, 5],
    ]);
  });

  it('counts seconds where the family does', () => {
    const ids = [1, P, P, P, 2];
    const time = (seconds: number, tokensPerSecond: number) => [
      ...multimodalPositions(ids, ids, 5, [grid(3, 2, 2, seconds)], { ...options, tokensPerSecond })[0],
    ];
    expect(time(1, 2)).toEqual([0, 1, 3, 5, 6]);
    expect(time(0.7, 2)).toEqual([0, 1, 2, 3, 4]);
  });

  it('names both counts where they differ', () => {
    const of = (ids: number[], grids: ReturnType<typeof grid>[]) => () =>
      multimodalPositions(ids, ids, ids.length, grids, options);
    expect(of([1, P, P, 2], [grid(1, 2, 2)])).toThrow(
      'decode: 2 placeholders in the ids for video 1, but 1 visual tokens',
    );
    expect(of([P], [])).toThrow('decode: 1 placeholders in the ids for video 1, but 0 visual tokens');
    expect(of([1], [grid(1, 2, 2)])).toThrow('decode: placeholders of 0 videos in the ids, but 1 videos');
  });
});

describe('multimodalPositions, against the official code', () => {
  it.each(['qwen2_vl-tiny', 'qwen2_5_vl-tiny'] as const)('gives those of %s', async (name) => {
    const { folder, config, io } = goldenCheckpoint(name);
    const stored = await readTensors(`${folder}/io.safetensors`);
    const data = (key: string) => stored.get(key)!.data;
    const mask = data('input.attention_mask');
    const length = stored.get('input.input_ids')!.shape[1];
    const thw = data('input.video_grid_thw');
    const grids = [0, 3].map((i) => grid(thw[i], thw[i + 1], thw[i + 2]));
    const found = multimodalPositions(data('input.input_ids'), mask, length, grids, {
      placeholder: io.token_ids.video,
      merge: config.vision.mergeSize,
      tokensPerSecond: config.family === 'Qwen2.5-VL' ? config.vision.tokensPerSecond : undefined,
    });
    const official = data('position_ids');
    found.forEach((axis, i) => {
      const expected = [...official.slice(i * mask.length, (i + 1) * mask.length)];
      expect([...axis].filter((_, at) => mask[at] === 1)).toEqual(expected.filter((_, at) => mask[at] === 1));
    });
  });
});
