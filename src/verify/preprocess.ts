import { runFfmpeg } from '../data/video/ffmpeg.js';
import { sampleByTime } from '../data/video/sampleByTime.js';
import { sampleFrames } from '../data/video/sampleFrames.js';
import { bytesTensor } from '../engine/bytes.js';
import { tf } from '../engine/tf.js';
import { tileFrame, tileGrid } from '../model/family/internvl/tiles.js';
import { framePixels, smartResize } from '../model/family/qwenVl/smartResize.js';
import { normalisedTiles } from '../model/input/normalise.js';
import { resize } from '../model/input/resize.js';
import type { FixtureReader, Fixtures, Tensors } from './fixtures.js';
import { guarded, type Item, relativeError, Worst } from './measure.js';

/**
 * Sampling, tiling, resizing and normalising, as `preprocess/` has them. It begins with the frames as PNG: decoders
 * differ in how they convert colours. The engine takes part in the normalising alone.
 */
export async function* preprocess(fixtures: Fixtures): AsyncGenerator<Item> {
  const file = await fixtures.json('preprocess', 'preprocess.json');
  yield* guarded('preprocess sampling', async function* () {
    yield {
      name: 'preprocess sampling',
      error: samplingError(file.object('sampling_table').objects('rows')),
    };
  });
  yield* guarded('preprocess tile grids', async function* () {
    yield { name: 'preprocess tile grids', error: gridError(file.objects('aspect')) };
  });
  yield* guarded('preprocess resize', async function* () {
    const cases = file.object('resize_cases');
    const tensors = await fixtures.tensors('preprocess', cases.text('file'));
    yield { name: 'preprocess resize', error: await resizeError(tensors, cases.number('size')) };
  });
  if (file.has('qwen')) {
    yield* guarded('preprocess frames by time', async function* () {
      yield { name: 'preprocess frames by time', error: timeError(file.object('qwen')) };
    });
    yield* guarded('preprocess smart resize', async function* () {
      yield { name: 'preprocess smart resize', error: smartResizeError(file.object('qwen')) };
    });
  }
  for (const clip of file.objects('clips')) {
    const name = `preprocess ${clip.text('clip')}`;
    yield* guarded(name, () => clipItems(fixtures, clip, name));
  }
}

function samplingError(rows: readonly FixtureReader[]): number {
  const worst = new Worst();
  for (const row of rows) {
    for (const count of row.names.filter((key) => key !== 'frames')) {
      worst.add(sampleFrames(row.number('frames'), Number(count)), row.numbers(count));
    }
  }
  return worst.error;
}

function gridError(rows: readonly FixtureReader[]): number {
  const worst = new Worst();
  for (const row of rows) {
    const options = { inputSize: row.number('input_size'), maxNum: row.number('max_num') };
    const { columns, rows: lines } = tileGrid(row.number('width'), row.number('height'), options);
    worst.add([columns, lines], [row.number('columns'), row.number('rows')]);
  }
  return worst.error;
}

function timeError(qwen: FixtureReader): number {
  const constants = qwen.object('constants');
  const settings = {
    fps: constants.number('fps'),
    minFrames: constants.number('min_frames'),
    maxFrames: constants.number('max_frames'),
    multiple: constants.number('frame_factor'),
  };
  const worst = new Worst();
  for (const video of qwen.objects('fps2')) {
    const given = { frames: video.number('frames'), fps: video.number('fps') };
    const expected = video.has('indices') ? video.numbers('indices') : undefined;
    worst.add(orNothing(() => sampleByTime(given, settings)) ?? [], expected ?? []);
  }
  return worst.error;
}

function smartResizeError(qwen: FixtureReader): number {
  const constants = qwen.object('constants');
  const factor = constants.number('factor');
  const [minPixels, maxPixels] = [constants.number('image_min'), constants.number('image_max')];
  const video = {
    minPixels: constants.number('video_min'),
    maxPixels: constants.number('video_max'),
    totalPixels: constants.number('video_total'),
  };
  const worst = new Worst();
  for (const row of qwen.objects('smart_resize_hw')) {
    const [width, height] = [row.number('width'), row.number('height')];
    const compare = (
      limits: { minPixels: number; maxPixels: number },
      where: FixtureReader,
      name: string,
    ) => {
      const size = orNothing(() => smartResize(width, height, { factor, ...limits }));
      worst.add(size ? [size.height, size.width] : [], where.has(name) ? where.numbers(name) : []);
    };
    compare({ minPixels, maxPixels }, row, 'image');
    const frames = row.object('video');
    for (const count of frames.names) {
      const most = framePixels(Number(count), video);
      compare({ minPixels: video.minPixels, maxPixels: most }, frames, count);
    }
  }
  return worst.error;
}

/** The fixtures have null where the official code raises an error. */
function orNothing<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch {
    return undefined;
  }
}

async function resizeError(tensors: Tensors, size: number): Promise<number> {
  const worst = new Worst();
  for (const name of tensors.names) {
    const [number, what] = name.split('.');
    if (what === 'input') {
      const { data, shape } = tensors.bytes(name);
      const resized = resize(data, shape[1], shape[0], size, size);
      worst.add(resized, tensors.bytes(`${number}.resized`).data);
      if (tensors.has(`${number}.pixels`)) {
        worst.add(await planes(resized, size), tensors.floats(`${number}.pixels`).data);
      }
    }
  }
  return worst.error;
}

/** Tensors of a clip that are made of its frames: the side of a tile, most tiles, and whether the frame is cropped. */
const madeOfFrames = /^(pixels|resized_uint8)\.(\d+)\.max(\d+)(\.center_crop)?$/;

async function* clipItems(fixtures: Fixtures, clip: FixtureReader, name: string): AsyncGenerator<Item> {
  const [width, height] = [clip.number('width'), clip.number('height')];
  const frames: Uint8Array[] = [];
  for (const png of clip.list('png')) {
    const path = fixtures.path('preprocess', String(png));
    frames.push(await runFfmpeg(['-i', path, '-f', 'rawvideo', '-pix_fmt', 'rgb24', 'pipe:1']));
  }
  const file = clip.text('clip').replace(/^.*\/|\.\w+$/g, '');
  const tensors = await fixtures.tensors('preprocess', `${file}.safetensors`);
  const segments = clip.object('sampled_indices');
  const sampled = new Worst();
  for (const count of segments.names) {
    sampled.add(sampleFrames(clip.number('frame_count'), Number(count)), segments.numbers(count));
  }
  yield { name: `${name}: sampling`, error: sampled.error };
  for (const key of tensors.names) {
    const [, kind, side, most, crop] = madeOfFrames.exec(key) ?? [];
    if (!kind) continue;
    const options = { inputSize: Number(side), maxNum: Number(most), centerCrop: crop !== undefined };
    const tiles = Buffer.concat(frames.map((rgb) => tileFrame(rgb, width, height, options).tiles));
    const error =
      kind === 'pixels'
        ? relativeError(await planes(tiles, options.inputSize), tensors.floats(key).data)
        : relativeError(tiles, tensors.bytes(key).data);
    yield { name: `${name}: ${key}`, error };
  }
}

/** Normalised planes of square tiles, by the engine in use. */
async function planes(tiles: Uint8Array, size: number): Promise<Float32Array> {
  const bytes = bytesTensor(tiles, [tiles.length / (3 * size * size), size, size, 3]);
  const normalised = normalisedTiles(bytes);
  const values = (await normalised.data()) as Float32Array;
  tf.dispose([bytes, normalised]);
  return values;
}
