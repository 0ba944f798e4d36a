import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Clip } from '../../../src/data/clip.js';
import { FrameCache } from '../../../src/data/video/frameCache.js';
import { tf } from '../../../src/engine/tf.js';
import { TileFormat } from '../../../src/model/family/internvl/tileFormat.js';
import { normalisedTiles } from '../../../src/model/input/normalise.js';
import { Processor } from '../../../src/model/input/processor.js';
import { taskPrompts } from '../../../src/model/input/prompt.js';
import { Tokens } from '../../../src/model/input/tokens.js';
import { makeClips } from '../../support/clips.js';
import { tensorsOf } from '../../support/goldenClips.js';
import { goldenPath } from '../../support/goldenFolder.js';
import { describeShared, shared } from '../../support/shared.js';

const checkpoint = goldenPath('checkpoints', 'internvl3-tiny');
const options = { inputSize: 56, maxNum: 1, numSegments: 4, centerCropVideo: false, tokensPerTile: 4 };

describe('Processor', () => {
  let tokens: Tokens;
  const formatOf = (change: object = {}) => new TileFormat(tokens, { ...options, ...change });
  let folder: string;
  let clips: Clip[];

  beforeAll(async () => {
    tokens = await Tokens.load(checkpoint);
    folder = await mkdtemp(join(tmpdir(), 'processor-'));
    clips = await makeClips(folder, 3);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  describeShared(
    'on real clips',
    () => {
      it('makes the ids and pixels of the official collator', async () => {
        const processor = new Processor(tokens, formatOf());
        const { cases } = JSON.parse(await readFile(join(checkpoint, 'e2e.json'), 'utf8'));
        const pictures = tensorsOf(shared('golden', 'checkpoints', 'internvl3-tiny', 'e2e.safetensors'));
        for (const [i, { clip, task, prompt, input_ids, tile_channel_mean }] of cases.entries()) {
          const input = await processor.process(
            { id: clip, path: shared('data', clip), prompt },
            taskPrompts(task),
          );
          expect([...input.inputIds]).toEqual(input_ids);
          expect(input.shape).toEqual([4, 56, 56]);
          const { pixelValues: bytes, ...rest } = processor.collate([input]);
          const pixelValues = normalisedTiles(bytes);
          if (tile_channel_mean) {
            const means = tf.tidy(() => tf.mean(pixelValues, [2, 3]).arraySync());
            expect(means).toBeAllclose(tile_channel_mean, { atol: 2e-3 });
          }
          if (i === 0) {
            // Not to the bit: builds of swscale differ by up to three levels of 255.
            expect(pixelValues.dataSync()).toBeAllclose(pictures['0.pixel_values'].data, {
              atol: 3.1 / 255 / 0.224,
            });
          }
          tf.dispose([bytes, pixelValues, rest.inputIds, rest.attentionMask]);
        }
      });
    },
    'golden',
  );

  it('gives every frame its tiles', async () => {
    const processor = new Processor(tokens, formatOf({ maxNum: 6, numSegments: 2 }));
    const { inputIds, shape, pixels } = await processor.process(clips[0], taskPrompts('phy_deform'));
    const [tileCount] = shape;
    expect(tileCount % 2).toBe(0);
    expect(tileCount).toBeGreaterThan(2);
    expect(pixels.length).toBe(tileCount * 56 * 56 * 3);
    expect(inputIds.filter((id) => id === tokens.id('<IMG_CONTEXT>')).length).toBe(tileCount * 4);
    expect(inputIds.filter((id) => id === tokens.id('<img>')).length).toBe(2);
  });

  it('reports a bad clip and goes on, in order', async () => {
    const bad = { id: 'bad', path: join(folder, 'nowhere.mp4'), prompt: 'x' };
    const silent = { ...clips[1], id: 'silent', prompt: undefined };
    const processor = new Processor(tokens, formatOf());
    const progress: number[] = [];
    const { inputs, failures } = await processor.processMany(
      [clips[0], bad, silent, clips[2]],
      taskPrompts('text_alignment'),
      { onProgress: ({ done }) => progress.push(done) },
    );
    expect(inputs.map((input) => input !== undefined)).toEqual([true, false, false, true]);
    const alone = await processor.process(clips[2], taskPrompts('text_alignment'));
    expect(inputs[3]).toEqual(alone);
    expect(failures.map(({ clip }) => clip.id).sort()).toEqual(['bad', 'silent']);
    expect(failures.find(({ clip }) => clip.id === 'bad')!.reason).toContain('nowhere.mp4');
    expect(failures.find(({ clip }) => clip.id === 'silent')!.reason).toContain('"silent" has no prompt');
    expect(progress).toEqual([1, 2, 3, 4]);
    await expect(processor.process(bad, taskPrompts('phy_deform'))).rejects.toThrow('nowhere.mp4');
  });

  it('keeps the tiles of a clip in the cache, by what they depend on', async () => {
    let made = 0;
    class CountingCache extends FrameCache {
      override get(key: object, make: () => Promise<Uint8Array>): Promise<Uint8Array> {
        return super.get(key, () => {
          made++;
          return make();
        });
      }
    }
    const cache = new CountingCache(join(folder, 'cache'));
    const processor = new Processor(tokens, formatOf(), cache);
    const first = await processor.process(clips[0], taskPrompts('phy_deform'));
    const again = await processor.process(clips[0], taskPrompts('phy_deform'));
    expect(Buffer.compare(again.pixels, first.pixels)).toBe(0);
    expect(again.shape).toEqual(first.shape);
    await processor.process(clips[0], taskPrompts('text_alignment'));
    expect(made).toBe(1);
    for (const change of [{ inputSize: 28 }, { maxNum: 2 }, { numSegments: 2 }, { centerCropVideo: true }]) {
      const other = new Processor(tokens, formatOf(change), cache);
      await other.process(clips[0], taskPrompts('phy_deform'));
    }
    expect(made).toBe(5);
  });

  it('stops by its signal', async () => {
    const processor = new Processor(tokens, formatOf());
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(processor.processMany(clips, taskPrompts('phy_deform'), { signal })).rejects.toThrow(
      'enough',
    );
  });
});
