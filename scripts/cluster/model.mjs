// A model of 30,000 parameters that decodes real clips, saved as a folder, and items that ask it about some clips.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup/environment.mjs';

const dist = (/** @type {string} */ path) => import(new URL(`../../dist/src/${path}`, import.meta.url).href);

/** @param {string} folder */
export async function saveModel(folder) {
  const { use } = await dist('engine/use.js');
  const { create, save } = await dist('model/load.js');
  const { tinyConfig } = await dist('model/presets.js');
  const { Tokens } = await dist('model/input/tokens.js');
  const { dimensionPrompts } = await dist('model/input/prompt.js');
  await use('auto');
  const tokenizer = join(root, 'assets', 'tiny');
  const tiny = tinyConfig((await Tokens.load(tokenizer)).size);
  const small = { hiddenSize: 16, intermediateSize: 32, heads: 2, layers: 2 };
  const config = {
    ...tiny,
    vision: { ...tiny.vision, ...small },
    llm: { ...tiny.llm, ...small, keyValueHeads: 1 },
    layers: [1, 2],
  };
  const card = { dimension: 'alignment', prompts: dimensionPrompts('alignment') };
  await save(await create(config, { seed: 1, tokenizer, card }), folder);
}

/**
 * Writes items that ask about real clips, of which each is decoded: one that is not there, one that is none, and one whose decoding would
 * take minutes, among them.
 * @param {string} folder
 * @param {number} count
 * @param {number} clips
 */
export async function writeItems(folder, count, clips) {
  const { ffmpegPaths } = await dist('data/video/tools.js');
  const { ffmpeg } = ffmpegPaths();
  mkdirSync(folder, { recursive: true });
  const run = (/** @type {string[]} */ args) => execFileSync(ffmpeg, ['-v', 'error', '-y', ...args]);
  const look = ['-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'ultrafast'];
  const paths = Array.from({ length: clips }, (_, i) => join(folder, `clip-${i}.mp4`));
  for (const [i, path] of paths.entries())
    run([
      ...['-f', 'lavfi', '-i', `testsrc2=size=64x64:rate=8:duration=2,hue=h=${(360 * i) / clips}`],
      ...[...look, path],
    ]);
  // Of H.264 the decoder would be given only what the chosen frames need.
  const [hanging, broken, nowhere] = ['hanging.mkv', 'broken.mp4', 'nowhere.mp4'].map((name) =>
    join(folder, name),
  );
  const short = join(folder, 'short.mkv');
  const hevc = '-pix_fmt yuv420p -c:v libx265 -preset ultrafast -x265-params log-level=none'.split(' ');
  run(['-f', 'lavfi', '-i', 'color=size=4096x4096:rate=8:duration=2', ...hevc, short]);
  run(['-stream_loop', '3000', '-i', short, '-c', 'copy', hanging]);
  rmSync(short);
  writeFileSync(broken, 'no clip');
  const odd = new Map([
    [Math.floor(count / 3), hanging],
    [Math.floor(count / 2), broken],
    [Math.floor(count / 1.2), nowhere],
  ]);
  const lines = Array.from({ length: count }, (_, i) => {
    const item = {
      video_path: odd.get(i) ?? paths[Math.floor((i * clips) / count)],
      prompt: `a red ball ${i}`,
    };
    return `${JSON.stringify(item)}\n`;
  });
  const file = join(folder, 'items.jsonl');
  writeFileSync(file, lines.join(''));
  return file;
}
