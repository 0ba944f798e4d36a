// A model of the shape of the published InternVL3-1B with random weights: made, saved, loaded, and 8 frames of a clip
// scored. Seconds, also of the CPU for busy machines, and the peak memory of each process; with a Python that has torch and transformers, the same forward
// pass of the same weights beside it (bench/backbone1b.py).
// npx vite-node bench/backbone1b.ts CLIP [PYTHON] [LAYERS]
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tf } from '../src/engine/tf.js';
import { use } from '../src/engine/use.js';
import { dimensionPrompts } from '../src/model/input/prompt.js';
import { create, load, save } from '../src/model/load.js';
import { evenLayers } from '../src/model/officialConfig.js';
import { published } from '../src/model/presets.js';
import { tinyFolder } from '../src/model/tiny.js';
import { writeTensors } from '../src/model/weights/safetensors.js';

const [path, python, layers = '24', step, folder] = process.argv.slice(2);
const clip = { id: 'clip', path };
const prompts = dimensionPrompts('physics');

if (!path) console.error('usage: npx vite-node bench/backbone1b.ts CLIP [PYTHON] [LAYERS]');
else if (step === 'make') await make();
else if (step === 'score') await score();
else await everything();

/** Each step in a process of its own, so that each has its own peak of memory. */
async function everything(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'backbone-'));
  const node = (step: string) => {
    const args = [
      'node_modules/.bin/vite-node',
      'bench/backbone1b.ts',
      path,
      python ?? '',
      layers,
      step,
      folder,
    ];
    execFileSync(process.execPath, args, { stdio: 'inherit' });
  };
  try {
    node('make');
    node('score');
    if (python) execFileSync(python, ['bench/backbone1b.py', folder], { stdio: 'inherit' });
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function make(): Promise<void> {
  await use('native');
  const { vision, llm, ...config } = published.internvl3_1b;
  const depth = Number(layers);
  const shape = {
    ...config,
    vision: { ...vision, layers: depth },
    llm: { ...llm, layers: depth },
    layers: evenLayers(depth),
  };
  const model = await timed('made', () =>
    create(shape, { tokenizer: tinyFolder(), card: { dimension: 'physics', prompts } }),
  );
  console.log(`${model}`);
  await timed('saved', () => save(model, join(folder, 'model')));
  await report();
}

async function score(): Promise<void> {
  await use('native');
  const model = await timed('loaded', () => load(join(folder, 'model')));
  await report();
  const [score] = await timed('scored, with decoding', () => model.score([clip]));
  console.log(`ours: score ${score}`);
  const batch = model.processor.collate([await model.processor.process(clip, prompts)]);
  for (let i = 0; i < 2; i++) {
    await timed('forward', async () => {
      const reward = model.forward(batch);
      await reward.data();
      reward.dispose();
    });
  }
  await report();
  const values = async (tensor: { shape: number[]; data: () => Promise<ArrayLike<number>> }) => ({
    shape: tensor.shape,
    data: Float32Array.from(await tensor.data()),
  });
  const inputs = { input_ids: batch.inputIds, pixel_values: batch.pixelValues, reward: tf.tensor1d([score]) };
  const entries = await Promise.all(
    Object.entries(inputs).map(async ([name, tensor]) => [name, await values(tensor)] as const),
  );
  await writeTensors(join(folder, 'inputs.safetensors'), new Map(entries));
}

async function timed<T>(what: string, compute: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const before = process.cpuUsage();
  const result = await compute();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  console.log(`ours: ${what} in ${seconds.toFixed(1)} s (${((user + system) / 1e6).toFixed(1)} s of CPU)`);
  return result;
}

/** The most memory that the process has held, from the kernel. */
async function report(): Promise<void> {
  const status = await readFile('/proc/self/status', 'utf8');
  const kilobytes = Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]);
  console.log(`ours: peak memory ${(kilobytes / 2 ** 20).toFixed(2)} GiB`);
}
